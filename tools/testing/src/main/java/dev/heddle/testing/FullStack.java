package dev.heddle.testing;

/**
 * Runs something again and again while the stack becomes full: on a recursing thread, before each
 * call that goes deeper.
 *
 * <p>Near the end it throws {@link StackOverflowError} from one of its calls, and from an earlier
 * one each time. A recursion goes down by a frame at a time, so a call between two depths could be
 * missed: so the whole is done again with a stack that begins a word deeper, until all words of a
 * frame had their turn. In a JVM with {@code -Xint} every call is one.
 */
public final class FullStack {
  /** A word is 8 bytes; an interpreted frame of {@link #deeper} has fewer words than these. */
  private static final int WORDS = 16;

  private FullStack() {}

  /** What starts a thread that recurses, and waits for its end. */
  public interface Runner {
    /** Runs {@code body} to its end on a thread that has the usual stack. */
    void run(Runnable body);
  }

  /** {@code step} may throw {@link StackOverflowError}; what else it throws ends the thread. */
  public static void fill(Runner runner, Runnable step) {
    for (int words = 0; words < WORDS; words++) {
      int plain = WORDS - words;
      int wide = words;
      runner.run(() -> pad(plain, wide, step));
    }
  }

  private static void pad(int plain, int wide, Runnable step) {
    if (plain > 0) {
      pad(plain - 1, wide, step);
    } else {
      padWide(wide, step);
    }
  }

  /** Its frame is a word larger, as it has a variable more than {@link #pad}. */
  private static int padWide(int wide, Runnable step) {
    int one = wide - 1;
    int two = one + wide;
    if (wide > 0) {
      return padWide(one, step) + two;
    }
    deeper(step);
    return two;
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack is full
  private static void deeper(Runnable step) {
    try {
      step.run();
    } catch (StackOverflowError e) {
      // as expected, from here on
    }
    try {
      deeper(step);
    } catch (StackOverflowError e) {
      // the end
    }
  }
}
