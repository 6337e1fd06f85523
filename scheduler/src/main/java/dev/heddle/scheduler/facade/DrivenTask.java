package dev.heddle.scheduler.facade;

import dev.heddle.scheduler.core.Task;
import org.jspecify.annotations.Nullable;

/** A task that a {@link Driver} runs. Each task is one object for its life. */
public final class DrivenTask {
  final Task task;
  private final Scheduler scheduler;
  private @Nullable Object attachment;

  DrivenTask(Task task, Scheduler scheduler) {
    this.task = task;
    this.scheduler = scheduler;
  }

  /** The virtual thread of the task. */
  public Thread thread() {
    return task.thread();
  }

  /** The scheduler that it belongs to. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** What the driver's user keeps with the task; null at first. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Keeps something with the task. */
  public void attach(Object attachment) {
    this.attachment = attachment;
  }
}
