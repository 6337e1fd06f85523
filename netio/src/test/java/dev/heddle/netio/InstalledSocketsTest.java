package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets for a whole program: {@link Network#installSockets}. */
@Timeout(120)
final class InstalledSocketsTest {
  private static final String OPEN_NIO = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";

  private static String run(String scenario, String nio) {
    var flags =
        List.of(
            "-ea",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            nio,
            "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED");
    var child = ChildJvm.run(flags, InstalledSockets.class, scenario);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("done"), child.output());
    return child.output();
  }

  private static void assertWarnsOnce(String expected, String output) {
    var lines = output.lines().filter(line -> line.contains("stay the JDK's")).toList();
    assertEquals(1, lines.size(), output);
    assertTrue(lines.getFirst().contains(expected), output);
  }

  @Test
  void socketsOfTasksAreOursAndThoseOfOtherThreadsTheJdksAndAllWorkEverywhere() {
    var output = run("installed", OPEN_NIO);
    assertEquals("done", output.strip());
  }

  @Test
  void connectionsGoByTheSocksProxyOfTheProgram() {
    var output = run("proxied", OPEN_NIO);
    assertEquals("done", output.strip());
  }

  @Test
  void aProgramWithASocketFactoryOfItsOwnKeepsItAndALineSaysSo() {
    assertWarnsOnce("a socket factory of its own", run("taken", OPEN_NIO));
  }

  @Test
  void withoutTheFlagALineNamesItAndEverythingIsTheJdks() {
    var output = run("none", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    assertWarnsOnce("--add-opens java.base/sun.nio.ch=ALL-UNNAMED", output);
  }
}
