package dev.heddle.scheduler.events;

import org.jspecify.annotations.Nullable;

/**
 * A platform thread of a scheduler, a carrier or sysmon, with what its events have to say.
 *
 * <p>All fields but the clock are the thread's own: it alone reads and writes them, also by code of
 * a task that is mounted on it.
 */
public abstract class TracedThread extends Thread {
  /** The index of a thread that has no processor: sysmon. */
  public static final int NO_PROCESSOR = -1;

  final int runtime;
  final int processor;

  private Collecting collecting = Collecting.NOTHING;

  /** When the last events were seen, while a recording runs. */
  long eventsSeenNanos;

  /** What the operating system says of this thread; others read it. */
  volatile @Nullable CarrierClock clock;

  /** Of the task that is mounted, while a recording runs. */
  @Nullable Slice slice;

  /** A thread that is not started; {@code runtime} is the number of its scheduler. */
  protected TracedThread(String name, int runtime, int processor) {
    super(null, null, name, 0, false);
    this.runtime = runtime;
    this.processor = processor;
  }

  /** Called by the thread itself as it begins. */
  protected final void startClock() {
    clock = CarrierClock.ofCurrent();
  }

  /** The task whose continuation this thread runs. */
  protected abstract @Nullable TracedTask running();

  /** What this thread is handling. */
  protected final Collecting collecting() {
    return collecting;
  }

  /** From now on this thread handles {@code what}. */
  protected final void collect(Collecting what) {
    collecting = what;
  }
}
