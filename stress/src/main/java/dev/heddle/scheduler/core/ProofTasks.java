package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.time.Duration;

/** Tasks that are never run: queues only hold them. */
final class ProofTasks {
  /** Made once, as making a virtual thread costs more than a proof's iteration. */
  static final Task[] TASKS = new Task[4];

  static {
    var engine =
        Engine.create(
            SchedulerOptions.DEFAULT.withName("proof").withProcessors(1), _ -> Poller.none());
    for (int i = 0; i < TASKS.length; i++) {
      TASKS[i] = Task.create(engine, null, () -> {});
    }
    engine.close(Duration.ZERO, () -> {});
  }

  private ProofTasks() {}

  /** Adds to {@code counts} at the task's place; decimal digits say how often each was seen. */
  static int digit(Task task) {
    int digit = 1;
    for (Task candidate : TASKS) {
      if (candidate == task) {
        return digit;
      }
      digit *= 10;
    }
    throw new IllegalArgumentException("a task of nobody");
  }
}
