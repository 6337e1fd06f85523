package dev.heddle.simulation;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A run that failed: its message has the seed, and how to repeat it; its cause is what failed. */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  private final long seed;

  SimulationFailure(Outcome outcome) {
    this(outcome, "");
  }

  /** Of a run that fails with no more than these of its faults. */
  SimulationFailure(Outcome outcome, Set<Integer> faults) {
    this(
        outcome,
        " -Dheddle.faults="
            + faults.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
  }

  SimulationFailure(Outcome outcome, String more) {
    super(
        String.format(
            Locale.ROOT,
            "seed %d fails after %s of simulated time and %,d steps: %s%n"
                + "repeat it with -Dheddle.seed=%d%s",
            outcome.seed(),
            outcome.time(),
            outcome.steps(),
            outcome.failure(),
            outcome.seed(),
            more),
        outcome.failure());
    this.seed = outcome.seed();
  }

  /** The seed that fails each time. */
  public long seed() {
    return seed;
  }
}
