package dev.heddle.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether standard error is a terminal, to which progress bars go.
 *
 * <p>The JDK's console knows about standard input and output only, either of which may be a pipe or
 * a file while the user watches the bar, or the other way round.
 */
public final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether standard error is a terminal. */
  public static boolean isStandardError() {
    return isTerminal(STANDARD_ERROR, System.console());
  }

  /**
   * Follows a link to a device; where there is none, as on systems without {@code /proc}, it asks
   * the console.
   */
  static boolean isTerminal(Path link, @Nullable Console console) {
    try {
      var device = Files.readSymbolicLink(link).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return console != null && console.isTerminal();
    }
  }
}
