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
  private static final String UNPARKER = "VirtualThread-unparker"; // wakes sleepers, by time
  private static final String REAPER = "process reaper"; // wakes who waits for a child process

  private OutsideThreads() {}

  static boolean mayWake(Scheduler scheduler) {
    return Arrays.stream(all()).anyMatch(thread -> mayWake(thread, scheduler));
  }

  static boolean mayWake(Thread thread, Scheduler scheduler) {
    return switch (thread) {
      case Carrier carrier -> carrier.scheduler != scheduler && carrier.scheduler.liveTasks() > 0;
      case Sysmon _, Periodic _ -> false;
      default ->
          (!isOfJvm(thread) || wakesOthers(thread))
              && goesOn(thread)
              && thread != Thread.currentThread();
    };
  }

  private static boolean goesOn(Thread thread) {
    return switch (thread.getState()) {
      case RUNNABLE, TIMED_WAITING -> true;
      default -> false;
    };
  }

  private static boolean isOfJvm(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null
        || group.getName().equals("system")
        || group.getName().equals("InnocuousThreadGroup");
  }

  /**
   * The unparker without anybody to wake waits without a timeout, and a reaper waits in native
   * code, where it counts as running.
   */
  private static boolean wakesOthers(Thread thread) {
    return thread.getName().startsWith(UNPARKER) || thread.getName().startsWith(REAPER);
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
