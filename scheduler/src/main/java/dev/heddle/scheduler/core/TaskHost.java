package dev.heddle.scheduler.core;

/**
 * Where a task reports what becomes of it. A class and not an interface, so that the JIT knows the
 * only implementation.
 */
abstract class TaskHost {
  /**
   * A task may be runnable and in no queue: the stack of who readied it was full. Set by any
   * thread, cleared by sysmon, which sees to it.
   */
  volatile boolean strayed;

  /** A new task may run for the first time. */
  abstract void started(Task task);

  /** A task became runnable. Called on any thread, often on a pinned virtual one: never blocks. */
  abstract void ready(Task task);

  /** A task has ended. Called by the carrier that ran it. */
  abstract void ended(Task task);

  /** Sysmon: puts every task that is runnable and on no carrier into the global queue. */
  abstract void gatherStrayed();

  /**
   * A driver, which has just left a task that waits with a timeout: runs the command after a delay,
   * unless the timeout is cancelled before.
   */
  abstract JdkTimeout timeout(Runnable command, long delayNanos);

  /** How many tasks have started and not ended. */
  public abstract int liveTasks();
}
