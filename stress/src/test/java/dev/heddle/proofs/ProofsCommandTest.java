package dev.heddle.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.stress.SiblingJvm;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(1200)
final class ProofsCommandTest {
  @Test
  void theProofsHoldAndTheirTwinsAreCaught(@TempDir Path folder) throws Exception {
    var out = new StringWriter();
    int code =
        new CommandLine(new ProofsCommand())
            .setOut(new PrintWriter(out))
            .execute("--quick", "--report", folder.toString());
    assertEquals(0, code, () -> out + log(folder));
    long proofs = out.toString().lines().filter(line -> line.contains("Proof ")).count();
    long twins = out.toString().lines().filter(line -> line.contains("Twin ")).count();
    assertTrue(proofs >= 13 && twins >= 13, out::toString);
  }

  @Test
  void aSignalEndsTheRacesWithoutAVerdict(@TempDir Path folder) throws Exception {
    var arguments = List.of("stress", "proofs", "--quick", "--report", folder.toString());
    var command = new SiblingJvm().command("dev.heddle.cli.Main", arguments);
    var process = command.redirectErrorStream(true).start();
    try (var output = process.inputReader()) {
      assertTrue(output.readLine().startsWith("racing"));
      process.toHandle().destroy(); // as Ctrl-C does; the process itself would close the output
      assertEquals("ended early, without a verdict", output.readAllAsString().strip());
      assertEquals(1, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String log(Path folder) {
    try {
      return Files.readString(folder.resolve("log.txt"));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
