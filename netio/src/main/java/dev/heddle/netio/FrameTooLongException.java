package dev.heddle.netio;

import java.io.IOException;

/**
 * A frame is longer than the limit that the reader or writer was given. The message names both.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="too-long"}
 */
public final class FrameTooLongException extends IOException {
  private static final long serialVersionUID = 1;

  FrameTooLongException(String what, int limit) {
    super(what + " is longer than the limit of " + limit + " bytes");
  }
}
