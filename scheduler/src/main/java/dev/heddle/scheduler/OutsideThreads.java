package dev.heddle.scheduler;

import java.util.Arrays;

/**
 * Whether a platform thread of this JVM that is not one of a scheduler's could wake one of its
 * tasks: when it runs, or waits with a timeout, it could.
 *
 * <p>Those of the JVM itself run for ever and wake nobody: they are left out by their thread group,
 * but for two kinds that do wake others. The carriers of another scheduler may wake our tasks if
 * that one has tasks.
 */
final class OutsideThreads {
  private OutsideThreads() {}

  static boolean mayWake(Scheduler scheduler) {
    return Arrays.stream(all()).anyMatch(thread -> mayWake(thread, scheduler));
  }

  static boolean mayWake(Thread thread, Scheduler scheduler) {
    return switch (thread) {
      case Carrier carrier -> carrier.scheduler != scheduler && carrier.scheduler.liveTasks() > 0;
      case Sysmon _, Periodic _ -> false;
      default ->
          (!VirtualThreads.isOfJvm(thread) || VirtualThreads.wakesOthers(thread))
              && goesOn(thread)
              && !VirtualThreads.isIdleWorker(thread)
              && thread != Thread.currentThread();
    };
  }

  private static boolean goesOn(Thread thread) {
    return switch (thread.getState()) {
      case RUNNABLE, TIMED_WAITING -> true;
      default -> false;
    };
  }

  private static Thread[] all() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    for (int capacity = 2 * root.activeCount() + 16; ; capacity *= 2) {
      var threads = new Thread[capacity];
      int n = root.enumerate(threads, true);
      if (n < capacity) {
        return Arrays.copyOf(threads, n);
      }
    }
  }
}
