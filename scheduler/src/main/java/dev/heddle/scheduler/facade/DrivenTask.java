package dev.heddle.scheduler.facade;

import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.jdk.ThreadRandom;
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

  /** What its thread-local random numbers follow from; before it runs for the first time. */
  public void seedRandom(long seed) {
    ThreadRandom.seed(task.thread(), seed);
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
