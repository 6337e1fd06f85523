package dev.heddle.scheduler.core;

import java.util.Arrays;

/**
 * What sysmon remembers of each carrier from round to round: in which task it was, and since when.
 *
 * <p>Sysmon only.
 */
final class SysmonView {
  private long[] ticks = new long[0];
  private long[] sinceNanos = new long[0];
  private boolean[] recorded = new boolean[0]; // as a monopoly

  /** Makes room for so many carriers. */
  void grow(int count) {
    if (ticks.length < count) {
      ticks = Arrays.copyOf(ticks, count);
      sinceNanos = Arrays.copyOf(sinceNanos, count);
      recorded = Arrays.copyOf(recorded, count);
    }
  }

  /** Looks at a carrier: whether it has turned to another task since it was looked at last. */
  boolean hasMoved(Processor processor, long nowNanos) {
    int i = processor.index;
    long now = processor.ticks();
    if (now == ticks[i]) {
      return false;
    }
    ticks[i] = now;
    sinceNanos[i] = nowNanos;
    recorded[i] = false;
    return true;
  }

  /** The number of the task that it was in when it was last seen to move. */
  long ticks(Processor processor) {
    return ticks[processor.index];
  }

  /** For how long a carrier has been in that task. */
  long inTaskNanos(Processor processor, long nowNanos) {
    return nowNanos - sinceNanos[processor.index];
  }

  boolean isRecorded(Processor processor) {
    return recorded[processor.index];
  }

  void setRecorded(Processor processor, boolean isRecorded) {
    recorded[processor.index] = isRecorded;
  }
}
