package dev.heddle.scheduler.spi;

/** What a task runs, where that only wraps what its user wrote. */
public interface TaskBody extends Runnable {
  /** What the user wrote: traces name a task by its class if the task has no name. */
  Object origin();
}
