package dev.heddle.cli;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * What ends a command with one line and no stack: the command line prints the message and exits
 * with the code.
 *
 * <p>What the user got wrong, or what cannot be here, is made by a constructor and has code 2. What
 * could have been but went wrong is made by {@link #failed} and has code 1.
 */
public final class CliError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final int exitCode;

  public CliError(String message) {
    this(message, null);
  }

  public CliError(String message, @Nullable Throwable cause) {
    this(message, cause, HeddleCommand.USAGE);
  }

  private CliError(String message, @Nullable Throwable cause, int exitCode) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Nothing the user got wrong: a process that died, a measurement that broke off. */
  public static CliError failed(String message, @Nullable Throwable cause) {
    return new CliError(message, cause, HeddleCommand.FAILED);
  }

  int exitCode() {
    return exitCode;
  }
}
