package dev.heddle.trace;

/**
 * What a recording says of one task's time: its slices in any order, and whether they are all
 * there.
 *
 * <p>Two clocks measure a lifetime: the scheduler's, from which the spans and ages of slices come
 * and add up exactly, and the recorder's, that stamps events.
 */
final class TaskAccount {
  static final long UNKNOWN = -1;

  private final long taskId;
  private boolean created;
  private long bornNanos;
  private long lastEndNanos = Long.MIN_VALUE;
  private long accountedNanos;
  private long slices;
  private long lowest = Long.MAX_VALUE;
  private long highest;

  /** Age when the lowest slice's story begins, and at the end of the highest. */
  private long firstAge = UNKNOWN;

  private long lastAge = UNKNOWN;
  private boolean done;

  TaskAccount(long taskId) {
    this.taskId = taskId;
  }

  void add(TraceEvent.Slice slice) {
    long nanos =
        Math.max(0, slice.waitedNanos()) + Math.max(0, slice.runnableNanos()) + slice.ranNanos();
    accountedNanos += nanos;
    slices++;
    if (slice.number() < lowest) {
      lowest = slice.number();
      firstAge = slice.ageNanos() < 0 ? UNKNOWN : slice.ageNanos() - nanos;
    }
    if (slice.number() > highest) {
      highest = slice.number();
      lastAge = slice.ageNanos();
    }
    lastEndNanos = Math.max(lastEndNanos, slice.endNanos());
    done |= slice.end().isLast();
  }

  long missing() {
    // A task whose creation was recorded has numbers from 1 on.
    return Math.max(0, highest - (created ? 1 : lowest) + 1 - slices);
  }

  /**
   * Whether its first slices were dropped with an early part of the recording. Parts overlap by
   * what was still in the buffers of carriers, so there may be a gap as well.
   */
  boolean isCut() {
    return !created && lowest > 1;
  }

  boolean complete() {
    return done && created && missing() == 0;
  }

  /**
   * How long it lived by its ages, from its first slice on; unknown if it does not know its age.
   */
  long lifetimeNanos() {
    if (lastAge == UNKNOWN || (!created && firstAge == UNKNOWN)) {
      return UNKNOWN;
    }
    return lastAge - (created ? 0 : firstAge);
  }

  /** The same by the recorder's clock, for a task that was born and died in the recording. */
  long recordedNanos() {
    return lastEndNanos - bornNanos;
  }

  void created(long atNanos) {
    created = true;
    bornNanos = atNanos;
  }

  long taskId() {
    return taskId;
  }

  boolean isEmpty() {
    return slices == 0;
  }

  boolean done() {
    return done;
  }

  long accountedNanos() {
    return accountedNanos;
  }
}
