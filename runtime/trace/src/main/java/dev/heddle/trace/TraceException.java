package dev.heddle.trace;

import java.io.IOException;

/** A recording that cannot be read, said in one line for the user. */
public final class TraceException extends IOException {
  private static final long serialVersionUID = 1L;

  TraceException(String message) {
    super(message);
  }

  TraceException(String message, Throwable cause) {
    super(message, cause);
  }
}
