package dev.heddle.simulation;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How simulations run. Immutable: begin with {@link #DEFAULT} and change copies with the {@code
 * with} methods.
 */
public final class SimulationOptions {
  private static final long DEFAULT_STEP_LIMIT = 10_000_000;

  /** The defaults: random order, no text of the log, a day at most, ten million steps at most. */
  public static final SimulationOptions DEFAULT =
      new SimulationOptions(
          Strategy.random(),
          LinkRules.DEFAULT,
          FaultPlan.NONE,
          false,
          null,
          Duration.ofDays(1),
          DEFAULT_STEP_LIMIT);

  private final Strategy strategy;
  private final LinkRules rules;
  private final FaultPlan faults;
  private final boolean log;
  private final @Nullable Consumer<Step> steps;
  private final Duration timeLimit;
  private final long stepLimit;

  private SimulationOptions(
      Strategy strategy,
      LinkRules rules,
      FaultPlan faults,
      boolean log,
      @Nullable Consumer<Step> steps,
      Duration timeLimit,
      long stepLimit) {
    if (timeLimit.isNegative() || stepLimit < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    this.strategy = Objects.requireNonNull(strategy, "strategy");
    this.rules = Objects.requireNonNull(rules, "rules");
    this.faults = Objects.requireNonNull(faults, "faults");
    this.log = log;
    this.steps = steps;
    this.timeLimit = timeLimit;
    this.stepLimit = stepLimit;
  }

  /** Which task is next. */
  public Strategy strategy() {
    return strategy;
  }

  /** How all ways between hosts treat packets. */
  public LinkRules rules() {
    return rules;
  }

  /** Which faults a run meets. */
  public FaultPlan faults() {
    return faults;
  }

  /** Whether a run makes a text of its events. */
  public boolean log() {
    return log;
  }

  /** Who hears of each step; null for nobody. */
  @Nullable Consumer<Step> steps() {
    return steps;
  }

  /** How much simulated time a run may take. */
  public Duration timeLimit() {
    return timeLimit;
  }

  /** How many times a run may choose a task. */
  public long stepLimit() {
    return stepLimit;
  }

  /** A copy with another strategy. */
  public SimulationOptions withStrategy(Strategy strategy) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy with other rules for all ways between hosts. */
  public SimulationOptions withRules(LinkRules rules) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy with another plan of faults. */
  public SimulationOptions withFaults(FaultPlan faults) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy that makes a text of the events, or none. */
  public SimulationOptions withLog(boolean log) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy whose runs report each step, on a thread of their own, which must not block. */
  public SimulationOptions withSteps(Consumer<Step> steps) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy with another limit of simulated time. */
  public SimulationOptions withTimeLimit(Duration timeLimit) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }

  /** A copy with another limit of steps. */
  public SimulationOptions withStepLimit(long stepLimit) {
    return new SimulationOptions(strategy, rules, faults, log, steps, timeLimit, stepLimit);
  }
}
