package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.jdk.VirtualThreads;
import java.util.Arrays;

/**
 * Whether a platform thread of this JVM that is not one of a scheduler's could wake one of its
 * tasks: when it runs, or waits with a timeout, it could.
 *
 * <p>Those of the JVM itself run for ever and wake nobody: they are left out by their thread group,
 * but for two kinds that do wake others. The carriers of another scheduler may wake our tasks if
 * that one has a task, an armed timer, or a thread that waits for its network.
 */
final class OutsideThreads {
  private OutsideThreads() {}

  static boolean mayWake(Engine engine) {
    return Arrays.stream(all()).anyMatch(thread -> mayWake(thread, engine));
  }

  static boolean mayWake(Thread thread, Engine engine) {
    if (thread instanceof Periodic) {
      return false;
    }
    if (Engine.isOfAnyEngine(thread)) {
      return !engine.isCarrier(thread) && Engine.mayWakeOthers(thread);
    }
    return (!VirtualThreads.isOfJvm(thread) || VirtualThreads.wakesOthers(thread))
        && continues(thread)
        && !VirtualThreads.isIdleWorker(thread)
        && thread != Thread.currentThread();
  }

  private static boolean continues(Thread thread) {
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
