package dev.heddle.scheduler.jdk;

import java.util.function.Supplier;

/**
 * How one waits until a worker has worked off its list, when the worker takes the list as a whole
 * and works it off in any order: by two markers, one after the other.
 *
 * <table>
 * <caption>Who was on the list before has been worked off when the second marker passes</caption>
 * <tr><th></th><th>the one that waits</th><th>the worker</th></tr>
 * <tr><td>first round</td><td>{@code passed} false; a marker onto the list; waits</td><td>takes the
 * list with the marker, or had taken what was before it; works off; {@code passed} at the
 * marker, with others of that list perhaps still to come</td></tr>
 * <tr><td>second round</td><td>the same</td><td>takes this marker with a later list: so all of the
 * lists before are worked off</td></tr>
 * </table>
 *
 * <p>{@code passed} is volatile: a thread that sees it sees what the worker did before. Held by
 * {@code UnblockerProof}.
 *
 * <p>Rejected: one round. The marker may be worked off before one that was on the list already.
 *
 * <p>One thread at a time waits.
 */
public final class TwoRounds {
  private volatile boolean passed;

  /**
   * Waits, spinning.
   *
   * @param marker puts a marker onto the list: the worker calls {@link #pass} for it; returns what
   *     is to be done when it has passed
   */
  public void await(Supplier<Runnable> marker) {
    round(marker);
    round(marker);
  }

  private void round(Supplier<Runnable> marker) {
    passed = false;
    Runnable after = marker.get();
    while (!passed) {
      Thread.onSpinWait();
    }
    after.run();
  }

  /** The worker, which has come to a marker. */
  public void pass() {
    passed = true;
  }
}
