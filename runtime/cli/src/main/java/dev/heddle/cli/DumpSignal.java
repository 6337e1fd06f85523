package dev.heddle.cli;

import dev.heddle.Heddle;
import java.io.IOException;
import sun.misc.Signal;

/**
 * Prints a dump of all tasks to standard error at SIGURG, {@code kill -URG PID}, and has the flight
 * recorder write what it keeps, if there is one.
 *
 * <p>SIGQUIT, SIGUSR1 and SIGUSR2 belong to the JVM. SIGURG is ignored by default, so sending it to
 * a process that does not know it does no harm, and nothing else sends it here: the kernel does so
 * only for sockets whose owner asked for it, and the JDK does not. Go took it for the same reason.
 */
public final class DumpSignal {
  private DumpSignal() {}

  /** From now on, and until the next call, the signal dumps this runtime. */
  public static void dumps(Heddle heddle) {
    try {
      Signal.handle(new Signal("URG"), _ -> dump(heddle));
    } catch (IllegalArgumentException e) {
      // there is no such signal here, as on Windows
    }
  }

  private static void dump(Heddle heddle) {
    System.err.println(heddle.dump());
    if (heddle.hasFlightRecorder()) {
      try {
        System.err.println("trace: " + heddle.dumpTrace());
      } catch (IOException e) {
        System.err.println("trace: cannot be written: " + Reason.of(e));
      } catch (IllegalStateException e) {
        // it closes
      }
    }
  }
}
