package dev.heddle.simulation;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;
import dev.heddle.netio.Network;
import dev.heddle.scheduler.facade.Scheduler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A run of real programs on simulated hosts, which its seed repeats: the order of tasks, the clock
 * and the network.
 *
 * <pre>{@code
 * Simulation.run(42, sim -> {
 *   Host server = sim.host("server");
 *   server.start(heddle -> serve(heddle.listen(server.at(7000))));
 *   sim.partition(server, sim.host("control"), Duration.ofSeconds(3));
 *   try (Conn conn = sim.heddle().dial(server.at(7000))) {
 *     …
 *   }
 * });
 * }</pre>
 *
 * <p>One thread runs all tasks, one at a time; which is next is drawn from the seed. Time moves
 * only when no task can run, to the next timer or packet: so an hour of waiting takes no time at
 * all. The run is over when its body returns.
 *
 * <p>Methods that are not static are for tasks of the simulation.
 */
public final class Simulation {
  /** What a run does. It is a task on a host of its own, {@code control}. */
  public interface Body {
    /** Runs it; the run ends with it, and fails with what it throws. */
    void run(Simulation sim) throws Exception;
  }

  private final Conductor conductor;
  private final long seed;
  private final Dice dice;

  Simulation(Conductor conductor, long seed) {
    this.conductor = conductor;
    this.seed = seed;
    this.dice = Dice.of(seed, "program");
  }

  // ---- running

  /**
   * Runs a body once, with the default options.
   *
   * @throws SimulationFailure if it fails
   */
  public static Outcome run(long seed, Body body) {
    return run(seed, SimulationOptions.DEFAULT, body);
  }

  /** Runs a body once. Throws as {@link #run(long, Body)}. Any thread, and blocks it. */
  public static Outcome run(long seed, SimulationOptions options, Body body) {
    Outcome outcome = attempt(seed, options, body);
    if (outcome.failure() != null) {
      throw new SimulationFailure(outcome);
    }
    return outcome;
  }

  /** As {@link #run(long, SimulationOptions, Body)}; returns the outcome also of a failure. */
  public static Outcome attempt(long seed, SimulationOptions options, Body body) {
    Scheduler.requireAccess();
    Network.requireAccess();
    return new Conductor(seed, options, body).await();
  }

  /**
   * Runs a body with the seeds 1, 2, 3 and so on, on as many threads as the JVM sees processors,
   * until one fails; takes the faults away one by one that it fails without, too. With {@code
   * -Dheddle.seed=N} runs that seed alone, and writes its log to standard output; {@code
   * -Dheddle.faults=0,3} keeps only those of its faults.
   *
   * @param seeds how many
   * @throws SimulationFailure if one fails: the least of them
   */
  public static void explore(long seeds, SimulationOptions options, Body body) {
    Long wanted = wantedSeed();
    if (wanted == null) {
      new Explorer(options, body).explore(1, seeds);
      return;
    }
    Outcome outcome = attempt(wanted, repeated(options).withLog(true), body);
    System.out.print(outcome.log());
    if (outcome.failure() != null) {
      throw new SimulationFailure(outcome);
    }
  }

  /** As {@link #explore(long, SimulationOptions, Body)}, with the default options. */
  public static void explore(long seeds, Body body) {
    explore(seeds, SimulationOptions.DEFAULT, body);
  }

  /**
   * Runs a body with the seeds from {@code first} on, on as many threads as the JVM sees
   * processors, until one fails. For tools: it takes no faults away, and reads no property.
   *
   * @param goesOn hears of each run that has ended, on any of those threads, and may end it all by
   *     false
   * @return the least seed that failed; null if none has
   */
  public static @Nullable Outcome firstFailure(
      long first, long seeds, SimulationOptions options, Body body, Predicate<Outcome> goesOn) {
    return new Explorer(options, body).search(first, seeds, goesOn);
  }

  /** The seed that whoever started the JVM wants to see again; null for none. */
  static @Nullable Long wantedSeed() {
    return Long.getLong("heddle.seed");
  }

  static SimulationOptions repeated(SimulationOptions options) {
    String faults = System.getProperty("heddle.faults");
    return faults == null ? options : options.withFaults(options.faults().withOnly(faults));
  }

  // ---- what a body has

  /** The seed of this run. */
  public long seed() {
    return seed;
  }

  /** A host; the first call with a name makes it. */
  public Host host(String name) {
    return conductor.host(name);
  }

  /** The runtime of the body's own host. */
  public Heddle heddle() {
    return host("control").heddle();
  }

  /** Starts a task on the body's own host. */
  public Thread go(String name, ThrowingRunnable body) {
    return heddle().go(name, body);
  }

  /** Random numbers for the program, of this seed. */
  public RandomGenerator random() {
    return dice;
  }

  /** How much simulated time has passed. */
  public Duration elapsed() {
    return Duration.ofNanos(conductor.sinceBeginning());
  }

  /** The time of day: it begins with the year 2000. */
  public InstantSource clock() {
    return conductor.clock();
  }

  /**
   * Parks the calling task for a time.
   *
   * @throws InterruptedException if it is or becomes interrupted
   */
  public void sleep(Duration duration) throws InterruptedException {
    Heddle here = Heddle.current();
    if (here == null) {
      throw new IllegalStateException("only tasks of a simulation sleep in it");
    }
    here.sleep(duration);
  }

  /** Gives way to other tasks, if the seed says so: a place where a real one could be overtaken. */
  public void point() {
    conductor.point();
  }

  /** Writes a line into the log. */
  public void log(String line) {
    conductor.note(line, null);
  }

  // ---- the network

  /** How one way between two hosts treats packets from now on. */
  public void rules(Host from, Host to, LinkRules rules) {
    conductor.wire.setRules(from, to, rules);
  }

  /** Nothing passes between two hosts for a time, in either direction. */
  public void partition(Host one, Host other, Duration duration) {
    cut(one, other, duration);
    cut(other, one, duration);
  }

  /** Nothing passes from one host to another for a time; what comes back passes. */
  public void cut(Host from, Host to, Duration duration) {
    conductor.note("cut from " + from + " to " + to, null);
    long now = conductor.nanoTime();
    long until = now + Math.min(duration.toNanos(), Wire.NEVER - now);
    conductor.wire.cut(from, to, until);
  }

  /** Everything passes again everywhere. */
  public void mend() {
    conductor.note("all ways are mended", null);
    conductor.wire.mendAll();
  }
}
