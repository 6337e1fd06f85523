package dev.heddle.cli;

import java.io.Serial;

/**
 * What the user got wrong: the command line prints the message as one line and exits with code 2.
 */
public final class CliError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public CliError(String message) {
    super(message);
  }

  public CliError(String message, Throwable cause) {
    super(message, cause);
  }
}
