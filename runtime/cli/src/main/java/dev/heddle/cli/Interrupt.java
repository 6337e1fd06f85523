package dev.heddle.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into an orderly end.
 *
 * <p>By default the JVM answers them by running its shutdown hooks, and exits with 130 or 143. A
 * hook that calls {@code Runtime.halt(0)} would change the code, but cut the other hooks short,
 * such as the one that saves a Flight Recorder recording. So the signal is handled instead: the
 * command is asked to end, returns as usual, and the JVM exits with the code it returns. The second
 * signal gets the system's default, for a command that does not end: it ends the process at once,
 * without hooks. So does the first in a JVM that leaves signals alone ({@code -Xrs}).
 */
public final class Interrupt {
  private Interrupt() {}

  /** Runs {@code action} in a thread of its own at the first SIGINT or SIGTERM. */
  public static void onFirst(Runnable action) {
    var done = new AtomicBoolean();
    SignalHandler handler =
        signal -> {
          if (done.compareAndSet(false, true)) {
            handle(SignalHandler.SIG_DFL);
            action.run();
          }
        };
    try {
      handle(handler);
    } catch (IllegalArgumentException e) {
      // -Xrs: the system's default stays.
    }
  }

  private static void handle(SignalHandler handler) {
    Signal.handle(new Signal("INT"), handler);
    Signal.handle(new Signal("TERM"), handler);
  }
}
