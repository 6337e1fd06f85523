package dev.heddle.netio;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link WriteQueue} is bounded. Immutable: begin with {@link #DEFAULT} and change copies
 * with the {@code with} methods.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="write-queue"}
 */
public final class WriteQueueOptions {
  private static final int DEFAULT_HIGH_WATER = 1 << 20;
  private static final int DEFAULT_LOW_WATER = 1 << 18;
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  /** The defaults: a write waits at 1 MiB, until 256 KiB are left; close waits 5 s. */
  public static final WriteQueueOptions DEFAULT =
      new WriteQueueOptions(DEFAULT_HIGH_WATER, DEFAULT_LOW_WATER, false, DEFAULT_GRACE, null);

  private final int highWater;
  private final int lowWater;
  private final boolean failing;
  private final Duration grace;
  private final @Nullable WriteBudget budget;

  private WriteQueueOptions(
      int highWater, int lowWater, boolean failing, Duration grace, @Nullable WriteBudget budget) {
    if (lowWater < 0 || highWater <= lowWater) {
      throw new IllegalArgumentException("0 <= low-water mark < high-water mark must hold");
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("the grace time must not be negative");
    }
    this.highWater = highWater;
    this.lowWater = lowWater;
    this.failing = failing;
    this.grace = grace;
    this.budget = budget;
  }

  /** How many queued bytes stop further writes. */
  public int highWater() {
    return highWater;
  }

  /** How many queued bytes let them go on. */
  public int lowWater() {
    return lowWater;
  }

  /** Whether a write at the high-water mark fails; else it waits. */
  public boolean failing() {
    return failing;
  }

  /** How long close waits for what is queued. */
  public Duration grace() {
    return grace;
  }

  /** What bounds this queue and others together; null: nothing does. */
  public @Nullable WriteBudget budget() {
    return budget;
  }

  /** A copy with a bound for all queues that are given the same one. */
  public WriteQueueOptions withBudget(WriteBudget budget) {
    Objects.requireNonNull(budget, "budget");
    return new WriteQueueOptions(highWater, lowWater, failing, grace, budget);
  }

  /**
   * A copy with other marks, in bytes. The write that reaches the high one is still taken, whatever
   * its size.
   *
   * @throws IllegalArgumentException unless 0 ≤ low &lt; high
   */
  public WriteQueueOptions withWaterMarks(int lowWater, int highWater) {
    return new WriteQueueOptions(highWater, lowWater, failing, grace, budget);
  }

  /** A copy whose writes fail at the high-water mark, or wait there. */
  public WriteQueueOptions withFailing(boolean failing) {
    return new WriteQueueOptions(highWater, lowWater, failing, grace, budget);
  }

  /**
   * A copy with another time that close waits for what is queued.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WriteQueueOptions withGrace(Duration grace) {
    return new WriteQueueOptions(
        highWater, lowWater, failing, Objects.requireNonNull(grace, "grace"), budget);
  }

  @Override
  public String toString() {
    return "WriteQueueOptions[highWater=%d, lowWater=%d, failing=%b, grace=%s, budget=%s]"
        .formatted(highWater, lowWater, failing, grace, budget);
  }
}
