package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A missing program skips a test with a line, and fails it in continuous integration. */
final class ProgramsTest {
  @TempDir Path empty;

  /** Asks for a program that its path does not have. */
  static final class Asks {
    public static void main(String[] args) {
      try {
        System.out.println("found " + Programs.require(args));
      } catch (TestAbortedException e) {
        System.out.println("skipped: " + e.getMessage());
      } catch (AssertionError e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  /** In a process of its own, since the environment is the process's. */
  private String ask(Map<String, String> environment, String... names) throws Exception {
    var command = new ArrayList<>(List.of(ChildJvm.tool("java").toString()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Asks.class.getName()));
    command.addAll(List.of(names));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("CI");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  @Test
  void aMissingProgramSkipsTheTestAndTheLineSaysHowToGetIt() throws Exception {
    assertEquals(
        "skipped: chromedriver is missing: ./heddle test as root installs it, or: apt-get install"
            + " chromium-driver",
        ask(Map.of("PATH", empty.toString()), "chromedriver"));
  }

  @Test
  void inContinuousIntegrationAMissingProgramFails() throws Exception {
    String line = ask(Map.of("PATH", empty.toString(), "CI", "true"), "chromedriver");
    assertTrue(line.startsWith("failed: chromedriver is missing"), line);
  }

  @Test
  void theFirstOfSeveralNamesThatIsThereIsTaken() throws Exception {
    Path program = Files.createFile(empty.resolve("chromium-browser"));
    assertTrue(program.toFile().setExecutable(true));
    assertEquals(
        "found " + program, ask(Map.of("PATH", empty.toString()), "chromium", "chromium-browser"));
  }

  @Test
  void aProgramThatNoPackageIsKnownForIsAMistakeInTheTest() {
    assertThrows(IllegalStateException.class, () -> Programs.packageOf("no-such-program"));
  }
}
