package dev.heddle.stress;

import dev.heddle.cli.Interrupt;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C: ends the JVMs that measure for us (only those we started), so that the work in hand stops
 * early and shows what it has.
 */
public class StopSignal implements BooleanSupplier {
  private static final int CHILD_FIRST_MILLIS = 200;

  /** Written once, by the signal's thread. */
  private volatile boolean requested;

  /** Without a signal; tests decide themselves. */
  protected StopSignal() {}

  /** From now on the first signal stops. */
  public static StopSignal install() {
    var signal = new StopSignal();
    Interrupt.onFirst(signal::stop);
    return signal;
  }

  private void stop() {
    requested = true;
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public boolean getAsBoolean() {
    return requested;
  }

  /**
   * Whether this is the moment of a stop. A terminal sends Ctrl-C to our children too, so one's
   * death may be known a little before the reason for it.
   */
  public boolean soon() throws InterruptedException {
    Thread.sleep(CHILD_FIRST_MILLIS);
    return requested;
  }
}
