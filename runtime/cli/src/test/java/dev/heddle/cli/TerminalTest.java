package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
  @TempDir Path folder;

  private boolean isTerminal(String device) throws IOException {
    var link = folder.resolve("2");
    Files.deleteIfExists(link);
    return Terminal.isTerminal(Files.createSymbolicLink(link, Path.of(device)), null);
  }

  @Test
  void theDeviceBehindStandardErrorDecides() throws Exception {
    assertTrue(isTerminal("/dev/pts/0"));
    assertTrue(isTerminal("/dev/tty1"));
    assertFalse(isTerminal("/dev/null"));
    assertFalse(isTerminal("/tmp/log"));
    assertFalse(isTerminal("pipe:[4711]"));
  }

  @Test
  void withoutProcAndConsoleThereIsNoTerminal() {
    assertFalse(Terminal.isTerminal(folder.resolve("none"), null));
  }
}
