package dev.heddle.simulation.jdk;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which call of the JDK's a waiting task is in: some compare with the system's clock when their
 * timeout is over, and wait again as long as that has not moved.
 */
public final class TimedCall {
  /** Wait once, and return. */
  private static final Set<String> ONCE =
      Set.of("java.util.concurrent.locks.LockSupport.parkNanos", "java.lang.Object.wait");

  private TimedCall() {}

  /**
   * The call in which a task waits by the system's clock, as users write it; null if it waits once.
   *
   * @param stack of the task that waits, innermost frame first
   */
  public static @Nullable String bySystemClock(StackTraceElement[] stack) {
    String call = null;
    for (StackTraceElement frame : stack) {
      String of = frame.getClassName();
      if (!of.startsWith("java.") && !of.startsWith("jdk.") && !of.startsWith("sun.")) {
        break;
      }
      boolean isThread = of.equals("java.lang.VirtualThread") || of.equals("java.lang.Thread");
      if (!isThread || frame.getMethodName().equals("sleep")) {
        call = of + "." + frame.getMethodName();
      }
    }
    return call == null || ONCE.contains(call) ? null : call;
  }
}
