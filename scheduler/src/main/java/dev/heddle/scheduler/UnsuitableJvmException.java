package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The JVM was started so that it cannot run tasks; the message has what to change.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="flags"}
 */
public sealed class UnsuitableJvmException extends IllegalStateException
    permits MissingFlagException {
  private static final long serialVersionUID = 1;

  /** The message is a line for the person who starts the JVM. */
  public UnsuitableJvmException(String message) {
    this(message, null);
  }

  UnsuitableJvmException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
