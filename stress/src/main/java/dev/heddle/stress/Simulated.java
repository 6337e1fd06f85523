package dev.heddle.stress;

import dev.heddle.cli.TimeOption;
import dev.heddle.simulation.Outcome;
import dev.heddle.simulation.Simulation;
import dev.heddle.simulation.SimulationOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs the load of a suite in simulations: its seed fixes the order of the tasks and the clock as
 * well, so that a violation comes each time.
 *
 * <p>A run is short, for there are many. It is over after some operations of each lane, or after
 * its simulated time.
 */
final class Simulated {
  static final Duration DEFAULT_DURATION = Duration.ofSeconds(1);
  static final int DEFAULT_CONNECTIONS = 4;
  static final long DEFAULT_SEEDS = 100;

  private static final int OPERATIONS_PER_LANE = 50;

  /** Far more than any suite of that length needs. */
  private static final Duration TIME_LIMIT = Duration.ofDays(366);

  /** Told how it goes, on any thread. */
  interface Watcher {
    Watcher NONE = (_, _) -> {};

    void progress(long seeds, long operations);
  }

  /**
   * What came out of the seeds of a suite.
   *
   * @param seeds how many were run to their end
   * @param failed the least seed that fails; null if none does
   * @param different a seed whose second run was another; null if there was none, or no second run
   */
  record Result(
      Suite suite,
      long seeds,
      long operations,
      Duration time,
      @Nullable Outcome failed,
      @Nullable Long different) {
    boolean passed() {
      return failed == null && different == null;
    }
  }

  private final Wiring wiring;
  private final AtomicBoolean cancelled = new AtomicBoolean();

  Simulated(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Any thread: those under way come to their end, and no other begins. */
  void cancel() {
    cancelled.set(true);
  }

  boolean isCancelled() {
    return cancelled.get();
  }

  /**
   * Runs a suite with the seeds from that of the settings on, until one fails.
   *
   * @param twice runs each seed a second time, which must be the same
   */
  Result explore(Suite suite, Settings settings, long seeds, boolean twice, Watcher watcher) {
    var different = new AtomicReference<@Nullable Long>();
    var ended = new AtomicLong();
    var operations = new AtomicLong();
    var nanos = new AtomicLong();
    Outcome failed =
        Simulation.firstFailure(
            settings.seed(),
            seeds,
            options(),
            sim -> play(sim, suite, settings, operations),
            outcome -> {
              nanos.addAndGet(outcome.time().toNanos());
              watcher.progress(ended.incrementAndGet(), operations.get());
              if (twice && !isSame(outcome, suite, settings)) {
                different.set(outcome.seed());
              }
              return !cancelled.get() && different.get() == null;
            });
    return new Result(
        suite,
        ended.get(),
        operations.get(),
        Duration.ofNanos(nanos.get()),
        failed,
        different.get());
  }

  /** A fingerprint is of all events, in order, with their times. */
  private boolean isSame(Outcome outcome, Suite suite, Settings settings) {
    Outcome again = replay(suite, settings.withSeed(outcome.seed()), options());
    return again.fingerprint() == outcome.fingerprint()
        && again.steps() == outcome.steps()
        && again.time().equals(outcome.time());
  }

  /** Runs a suite once, with the seed of the settings. */
  Outcome replay(Suite suite, Settings settings, SimulationOptions options) {
    return Simulation.attempt(
        settings.seed(), options, sim -> play(sim, suite, settings, new AtomicLong()));
  }

  static SimulationOptions options() {
    return SimulationOptions.DEFAULT.withTimeLimit(TIME_LIMIT);
  }

  private void play(Simulation sim, Suite suite, Settings all, AtomicLong operations)
      throws Exception {
    var settings = all.withSeed(sim.seed());
    var tally = new Tally();
    var stuck = new StringBuilder();
    var run =
        new Run(
            sim.heddle(),
            settings,
            wiring,
            tally,
            () -> stuck.append('\n').append(sim.heddle().dump()),
            (long) OPERATIONS_PER_LANE * settings.connections());
    try {
      suite.run(run);
    } catch (Run.StuckException e) {
      // has been reported
    }
    if (tally.violations() == 0) {
      Engine.settle(run);
    }
    operations.addAndGet(tally.operations());
    if (tally.violations() > 0) {
      throw new AssertionError(String.join("; ", tally.violationTexts()) + stuck);
    }
  }

  /** The command that runs a seed of a suite again, and repeats all that happens. */
  static String command(String suite, Settings settings, long seed) {
    return "./heddle stress replay "
        + seed
        + " "
        + suite
        + " --duration "
        + TimeOption.format(settings.duration())
        + " --connections "
        + settings.connections()
        + " --stuck-after "
        + TimeOption.format(settings.stuckAfter());
  }
}
