package dev.heddle.netio;

/**
 * Which poller reports readiness.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="poller"}
 */
public enum PollerKind {
  /** Epoll where there is one, else the selector. */
  AUTO,
  /** Linux's epoll, edge-triggered, by the Foreign Function &amp; Memory API. */
  EPOLL,
  /**
   * A {@code java.nio} Selector: kqueue on macOS, the JDK's own on Windows; also works on Linux.
   */
  SELECTOR
}
