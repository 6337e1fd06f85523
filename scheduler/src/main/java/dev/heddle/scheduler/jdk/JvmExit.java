package dev.heddle.scheduler.jdk;

/**
 * Whether the JVM is ending, and which threads have asked for that.
 *
 * <p>{@link System#exit} does not return: its caller waits for the shutdown hooks and holds the
 * lock of the JVM's end. A hook that waits for such a thread waits for itself.
 */
public final class JvmExit {
  private JvmExit() {}

  /** Whether shutdown hooks run or have run. Any thread; does not block. */
  public static boolean isUnderWay() {
    var probe = new Thread(() -> {}, "heddle-probe"); // may really run, as a hook
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException _) {
      return true; // the only reason that these methods have
    }
  }

  /** Whether a thread is inside {@link System#exit}; a moment's view. */
  public static boolean isCalledBy(Thread thread) {
    Thread.State state = thread.getState();
    if (state != Thread.State.WAITING && state != Thread.State.BLOCKED) {
      return false; // it waits for hooks, or for another thread that has called it
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Shutdown")) {
        return true;
      }
    }
    return false;
  }
}
