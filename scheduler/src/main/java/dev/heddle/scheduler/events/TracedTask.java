package dev.heddle.scheduler.events;

import org.jspecify.annotations.Nullable;

/** A task, as far as its history is recorded. */
public abstract class TracedTask {
  /** While a recording runs: {@link SliceRecorder} names its writers. */
  @Nullable SliceRecorder recorder;

  /** The virtual thread of the task. */
  public abstract Thread thread();
}
