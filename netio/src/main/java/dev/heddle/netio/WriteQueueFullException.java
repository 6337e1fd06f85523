package dev.heddle.netio;

import java.io.IOException;

/**
 * A {@link WriteQueue} is at its high-water mark, and its options have a write fail there.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="write-queue"}
 */
public final class WriteQueueFullException extends IOException {
  private static final long serialVersionUID = 1;

  WriteQueueFullException(String message) {
    super(message);
  }
}
