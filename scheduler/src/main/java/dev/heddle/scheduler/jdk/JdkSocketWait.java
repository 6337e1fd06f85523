package dev.heddle.scheduler.jdk;

import dev.heddle.scheduler.TaskState;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a thread waits for that waits in one of the JDK's own socket pollers. They leave nothing in
 * the thread that says so, as our pollers do: only its stack shows it.
 */
public final class JdkSocketWait {
  private static final String PACKAGE = "sun.nio.ch.";
  private static final String POLLER = PACKAGE + "Poller";

  private JdkSocketWait() {}

  /** What it waits for; null if it is in no such wait. The innermost frame comes first. */
  public static @Nullable TaskState of(List<StackTraceElement> stack) {
    boolean waits = false;
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().equals(POLLER)) {
        waits = true;
      } else if (waits) {
        TaskState state = of(frame);
        if (state != null) {
          return state;
        }
      }
    }
    return null;
  }

  /** What the method that waits is for, by its name: {@code timedRead}, {@code blockingAccept}. */
  private static @Nullable TaskState of(StackTraceElement frame) {
    String method = frame.getMethodName().toLowerCase(Locale.ROOT);
    if (!frame.getClassName().startsWith(PACKAGE)) {
      return null;
    } else if (method.contains("accept")) {
      return TaskState.ACCEPT;
    } else if (method.contains("connect")) {
      return TaskState.CONNECT;
    } else if (method.contains("write") || method.contains("send")) {
      return TaskState.IO_WRITE;
    }
    return method.contains("read") || method.contains("receive") || method.contains("select")
        ? TaskState.IO_READ
        : null;
  }
}
