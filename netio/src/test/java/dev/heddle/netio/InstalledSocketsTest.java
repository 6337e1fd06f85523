package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets for a whole program: {@link Network#installSockets}. */
@Timeout(120)
final class InstalledSocketsTest {
  private static final String OPEN_NIO = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";

  private static String run(String scenario, String nio) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                nio,
                "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                InstalledSockets.class.getName(),
                scenario));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
    assertEquals(0, process.exitValue(), output);
    assertTrue(output.contains("done"), output);
    return output;
  }

  private static void assertWarnsOnce(String expected, String output) {
    var lines = output.lines().filter(line -> line.contains("stay the JDK's")).toList();
    assertEquals(1, lines.size(), output);
    assertTrue(lines.getFirst().contains(expected), output);
  }

  @Test
  void socketsOfTasksAreOursAndThoseOfOtherThreadsTheJdksAndAllWorkEverywhere() throws Exception {
    var output = run("installed", OPEN_NIO);
    assertEquals("done", output.strip());
  }

  @Test
  void connectionsGoByTheSocksProxyOfTheProgram() throws Exception {
    var output = run("proxied", OPEN_NIO);
    assertEquals("done", output.strip());
  }

  @Test
  void aProgramWithASocketFactoryOfItsOwnKeepsItAndALineSaysSo() throws Exception {
    assertWarnsOnce("a socket factory of its own", run("taken", OPEN_NIO));
  }

  @Test
  void withoutTheFlagALineNamesItAndEverythingIsTheJdks() throws Exception {
    var output = run("none", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    assertWarnsOnce("--add-opens java.base/sun.nio.ch=ALL-UNNAMED", output);
  }
}
