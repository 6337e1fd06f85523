package dev.heddle.scheduler.core;

import dev.heddle.scheduler.jdk.TimedWaits;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the timed waits of tasks ({@link Thread#sleep}, timed parks, {@code Object.wait}, and all
 * that is built on them) timers of the carrier that the task has just left, for as long as any
 * scheduler of this JVM runs. The waits of all other threads stay with the JDK's timers.
 *
 * <table>
 * <caption>A timeout that is armed while its scheduler stops: each side publishes first and looks
 * second</caption>
 * <tr><th></th><th>the carrier</th><th>the closer</th></tr>
 * <tr><td>publishes</td><td>{@code TimerHeap.inbox}</td><td>STOPPED ({@link Lifecycle})</td></tr>
 * <tr><td>looks at</td><td>STOPPED: gives back all that is armed</td><td>what is armed: gives it back</td></tr>
 * </table>
 *
 * <p>Held by {@code TimerGiveBackProof}.
 */
final class JdkTimeouts implements TimedWaits.Timeouts {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");
  private static final String SWITCH = "heddle.jdktimers";

  private static int served; // schedulers that run; guarded by the class
  private static boolean failed; // guarded by the class

  private JdkTimeouts() {}

  /**
   * A scheduler starts. Does nothing with {@code -Dheddle.jdktimers=false}. Where the JDK is not as
   * expected, a line of the log says so, once, and all waits stay with the JDK.
   */
  static synchronized void serve() {
    if (served++ > 0 || failed || "false".equals(System.getProperty(SWITCH))) {
      return;
    }
    TimedWaits.replace(new JdkTimeouts())
        .ifPresent(
            why -> {
              failed = true;
              Reports.write(() -> LOG.warn("timed waits stay with the JDK's timers: {}", why));
            });
  }

  /** A scheduler has stopped, and has given its timeouts back. */
  static synchronized void serveNoLonger() {
    assert served > 0 : "a scheduler stops once";
    if (--served == 0) {
      TimedWaits.restore();
    }
  }

  @Override
  public @Nullable ScheduledFuture<?> begin(Runnable command, long delayNanos) {
    Thread thread = Thread.currentThread();
    if (thread instanceof Carrier carrier) {
      return carrier.timeout(command, delayNanos);
    }
    return thread instanceof DriverThread driver ? driver.timeout(command, delayNanos) : null;
  }
}
