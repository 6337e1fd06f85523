package dev.heddle.bench;

import dev.heddle.cli.Interrupt;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C: ends the JVMs that measure for us (only those we started), so that the work in hand stops
 * early and shows what it has.
 */
final class StopSignal implements BooleanSupplier {
  private static final int CHILD_FIRST_MILLIS = 200;

  /** Written once, by the signal's thread. */
  private volatile boolean requested;

  private StopSignal() {}

  static StopSignal install() {
    var signal = new StopSignal();
    Interrupt.onFirst(signal::stop);
    return signal;
  }

  private void stop() {
    requested = true;
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public boolean getAsBoolean() {
    return requested;
  }

  /**
   * Tells whether this is the moment of a stop. A terminal sends Ctrl-C to our children too, so
   * one's death may be known a little before the reason for it.
   */
  boolean soon() throws InterruptedException {
    Thread.sleep(CHILD_FIRST_MILLIS);
    return requested;
  }
}
