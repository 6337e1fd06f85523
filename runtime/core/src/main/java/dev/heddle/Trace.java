package dev.heddle;

import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.events.OpenSpan;
import org.jspecify.annotations.Nullable;

/**
 * Marks what a program does, in its own words, in the traces of its runtime.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="trace"}
 *
 * <p>{@code heddle trace summary} shows for each name how long its spans took, and where that time
 * went: running, runnable, waiting for the network, blocked, asleep; and the slowest, with what was
 * in them. While nobody records, a span costs a check that the JIT folds away.
 *
 * <p>All methods may be called on any thread, and none blocks. Where the time went is known of
 * spans that begin and end in the same task.
 */
public final class Trace {
  private Trace() {}

  /**
   * A span that is open. End it once, by {@link #close}; further calls do nothing. A span may end
   * in another task than it began.
   */
  public static final class Span implements AutoCloseable {
    private static final Span NONE = new Span(null);

    private final @Nullable OpenSpan span;

    private Span(@Nullable OpenSpan span) {
      this.span = span;
    }

    private static Span begin(String kind, String name) {
      return OpenSpan.isOn() ? new Span(OpenSpan.begin(kind, name)) : NONE;
    }

    /** Ends the span. */
    @Override
    public void close() {
      if (span != null) {
        span.end();
      }
    }
  }

  /**
   * Begins something that one or several tasks of the runtime do, such as a request: the spans of
   * tasks that the calling one starts meanwhile are parts of it.
   *
   * @param name what it is called in the summary; few different ones, as each has a row
   */
  public static Span task(String name) {
    return Span.begin("task", name);
  }

  /** Begins a part of what the calling task does. */
  public static Span region(String name) {
    return Span.begin("region", name);
  }

  /**
   * Does a part of what the calling task does.
   *
   * @return what {@code body} returns
   * @throws X what {@code body} throws
   */
  public static <T extends @Nullable Object, X extends Throwable> T region(
      String name, BlockingCall<T, X> body) throws X {
    try (Span _ = region(name)) {
      return body.call();
    }
  }

  /**
   * Writes a line into the innermost span that the calling task is in; the slowest spans are shown
   * with their lines.
   */
  public static void log(String message) {
    OpenSpan.log(message);
  }
}
