package dev.heddle.testing;

/**
 * Runs something again and again while the stack becomes full: on a recursing thread, before each
 * call that goes deeper.
 *
 * <p>Near the end it throws {@link StackOverflowError} from one of its calls, and from an earlier
 * one each time. A recursion goes down by a frame at a time, so a call between two depths could be
 * missed: so the whole is done again with a stack that begins a word deeper, until all words of a
 * frame had their turn. In a JVM with {@code -Xint} every call is one. Where there is plenty of
 * stack nothing is run, as it would only take time.
 */
public final class FullStack {
  /** A word is 8 bytes; an interpreted frame of {@link #deeper} has fewer words than these. */
  private static final int WORDS = 16;

  /** At how many depths, of some 100 bytes each, something is run. */
  private static final int DEPTHS = 400;

  private final Runnable step;
  private int deepest; // this or the recursing thread's

  private FullStack(Runnable step) {
    this.step = step;
  }

  /** What starts a thread that recurses, and waits for its end. */
  public interface Runner {
    /** Runs {@code body} to its end on a thread that has the usual stack. */
    void run(Runnable body);
  }

  /** {@code step} may throw {@link StackOverflowError}; what else it throws ends the thread. */
  public static void fill(Runner runner, Runnable step) {
    var stack = new FullStack(step);
    for (int i = 0; i < WORDS; i++) {
      int wide = i;
      runner.run(() -> stack.pad(WORDS, 0, Integer.MAX_VALUE)); // to see how deep it is
      int from = stack.deepest - DEPTHS;
      runner.run(() -> stack.pad(WORDS - wide, wide, from));
    }
  }

  private void pad(int plain, int wide, int from) {
    if (plain > 0) {
      pad(plain - 1, wide, from);
    } else {
      int _ = padWide(wide, from);
    }
  }

  /** Its frame is a word larger, as it has a variable more than {@link #pad}. */
  private int padWide(int wide, int from) {
    int one = wide - 1;
    int two = one + wide;
    if (wide > 0) {
      return padWide(one, from) + two;
    }
    deeper(0, from);
    return two;
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack is full
  private void deeper(int depth, int from) {
    deepest = depth;
    try {
      if (depth >= from) {
        step.run();
      }
    } catch (StackOverflowError e) {
      // as expected, from here on
    }
    try {
      deeper(depth + 1, from);
    } catch (StackOverflowError e) {
      // the end
    }
  }
}
