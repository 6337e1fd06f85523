package dev.heddle.simulation.jdk;

import dev.heddle.scheduler.facade.Driver;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What tasks of a simulation read when they ask the JDK for the time, and what happens when they
 * open what cannot be simulated. All other threads read the system's clocks.
 */
public final class SimulatedTime implements Hooks.Answers {
  /** The moment at which each simulation begins. */
  public static final Instant BEGINNING = Instant.parse("2000-01-01T00:00:00Z");

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Consumer<String> opening;

  /**
   * Answers for all simulations of this JVM.
   *
   * @param opening hears of what a simulated task is about to open, in that task
   */
  public SimulatedTime(Consumer<String> opening) {
    this.opening = opening;
  }

  @Override
  public long nanoTime() {
    Driver driver = Driver.current();
    return driver == null ? System.nanoTime() : driver.readNanoTime();
  }

  @Override
  public long currentTimeMillis() {
    Driver driver = Driver.current();
    return driver == null
        ? System.currentTimeMillis()
        : BEGINNING.toEpochMilli() + sinceBeginning(driver) / NANOS_PER_MILLI;
  }

  @Override
  public long nanosSince(long epochSecond) {
    Driver driver = Driver.current();
    return driver == null
        ? Long.MIN_VALUE
        : (BEGINNING.getEpochSecond() - epochSecond) * NANOS_PER_SECOND + sinceBeginning(driver);
  }

  private static long sinceBeginning(Driver driver) {
    return driver.readNanoTime() - Driver.BEGINNING_NANOS;
  }

  /** The seeds of simulated tasks differ already; numbers of threads depend on the JVM. */
  @Override
  public long threadId(Thread thread) {
    return Driver.current() == null ? thread.threadId() : 0;
  }

  @Override
  public void opening(String what) {
    if (Driver.current() != null) {
      opening.accept(what);
    }
  }
}
