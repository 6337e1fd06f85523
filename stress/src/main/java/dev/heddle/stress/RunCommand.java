package dev.heddle.stress;

import dev.heddle.cli.CliError;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.ProcessorsOption;
import dev.heddle.cli.Terminal;
import dev.heddle.cli.TimeOption;
import dev.heddle.cli.TraceOption;
import dev.heddle.netio.PollerKind;
import dev.heddle.simulation.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle stress run}: runs suites one after the other, and reports. */
@Command(
    name = "run",
    description = "Runs suites. Exit code 0 only if there was no violation.",
    sortOptions = false)
public final class RunCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** Longer than any run, and far from what nanoseconds in a {@code long} cannot say. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private static final long MAX_PRINTED_SEED = 1_000_000_000L;

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Suites, or all.")
  private List<String> names = List.of();

  @Option(names = "--duration", paramLabel = "TIME", description = "Of each suite; default 30s.")
  private @Nullable String duration;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Or lanes, or pairs; default 64.")
  private @Nullable Integer connections;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the randomness; default: a new one.")
  private @Nullable Long seed;

  @Option(names = "--processors", paramLabel = "N", description = "Default: as the JVM sees.")
  private @Nullable Integer processors;

  @Option(names = "--poller", paramLabel = "KIND", description = "epoll, selector or auto.")
  private @Nullable PollerKind poller;

  @Option(
      names = "--stuck-after",
      paramLabel = "TIME",
      description = "No progress for so long is a violation; default 10s.")
  private @Nullable String stuckAfter;

  @Option(
      names = "--simulate",
      description = {
        "Run in simulations: a seed repeats all that happens. Each is of 1s and 4 connections,",
        "unless said otherwise; the seeds begin with --seed, or 1."
      })
  private boolean simulate;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many, with --simulate; default 100.")
  private @Nullable Long seeds;

  @Option(
      names = "--twice",
      description = "Run each seed twice, with --simulate: a difference is a violation.")
  private boolean twice;

  @Option(names = "--trace", paramLabel = "FILE", description = "Write a recording of the run.")
  private @Nullable Path trace;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write stress.json and stress.html.")
  private @Nullable Path report;

  @Override
  public Integer call() throws Exception {
    var suites = suites();
    if (simulate) {
      return simulate(suites);
    }
    if (seeds != null || twice) {
      throw new CliError((twice ? "--twice" : "--seeds") + " is for --simulate");
    }
    var settings = settings();
    if (report != null) {
      ReportFolder.prepare(report);
    }
    var engine = new Engine(Wiring.STRAIGHT, report);
    List<Result> results;
    try (var _ = TraceOption.start(trace)) {
      Interrupt.onFirst(engine::cancel);
      results = run(engine, suites, settings);
    }
    Table.rest(System.out, results);
    if (engine.isCancelled()) {
      System.out.println(
          "ended early, with " + results.size() + " of " + suites.size() + " suites");
    }
    System.out.println("again: " + settings.command(String.join(" ", names)));
    if (report != null) {
      System.out.println("report: " + Report.write(report, settings, results));
    }
    return results.stream().allMatch(Result::passed) ? 0 : 1;
  }

  private static List<Result> run(Engine engine, Set<Suite> suites, Settings settings)
      throws InterruptedException {
    System.out.println(settings.headline());
    Table.head(System.out);
    var results = new ArrayList<Result>();
    for (var suite : suites) {
      if (!engine.isCancelled()) {
        results.add(run(engine, suite, settings));
        Table.line(System.out, results.getLast());
      }
    }
    return results;
  }

  private static Result run(Engine engine, Suite suite, Settings settings)
      throws InterruptedException {
    if (!Terminal.isStandardError()) {
      return engine.run(suite, settings, Engine.Watcher.NONE);
    }
    try (var progress = SuiteProgress.open(suite.name())) {
      return engine.run(suite, settings, progress);
    }
  }

  private Set<Suite> suites() {
    var suites = new LinkedHashSet<Suite>();
    for (var name : names) {
      if (name.equals("all")) {
        suites.addAll(Suites.ALL);
      } else {
        suites.add(Suites.named(name));
      }
    }
    return suites;
  }

  private Settings settings() {
    return new Settings(
        time("--duration", duration, Settings.DEFAULT_DURATION),
        connections(connections == null ? Settings.DEFAULT_CONNECTIONS : connections),
        seed != null ? seed : new SplittableRandom().nextLong(1, MAX_PRINTED_SEED),
        ProcessorsOption.check(
            processors == null ? Runtime.getRuntime().availableProcessors() : processors),
        poller == null ? PollerKind.AUTO : poller,
        time("--stuck-after", stuckAfter, Settings.DEFAULT_STUCK_AFTER));
  }

  static int connections(int wanted) {
    if (wanted < 1 || wanted > Settings.MAX_CONNECTIONS) {
      throw new CliError(
          "--connections must be 1 to " + Settings.MAX_CONNECTIONS + ", not " + wanted);
    }
    return wanted;
  }

  static Duration time(String option, @Nullable String text, Duration otherwise) {
    return text == null ? otherwise : TimeOption.parse(option, text, SHORTEST, LONGEST);
  }

  // ---- simulated

  private int simulate(Set<Suite> suites) throws Exception {
    if (processors != null || poller != null || trace != null || report != null) {
      throw new CliError(
          "--simulate takes no --processors, --poller, --trace or --report; a seed is traced by"
              + " stress replay");
    }
    if (seeds != null && seeds < 1) {
      throw new CliError("--seeds must be 1 or more, not " + seeds);
    }
    var settings =
        new Settings(
            time("--duration", duration, Simulated.DEFAULT_DURATION),
            connections(connections == null ? Simulated.DEFAULT_CONNECTIONS : connections),
            seed == null ? 1 : seed,
            1,
            PollerKind.AUTO,
            time("--stuck-after", stuckAfter, Settings.DEFAULT_STUCK_AFTER));
    var simulated = new Simulated(Wiring.STRAIGHT);
    Interrupt.onFirst(simulated::cancel);
    boolean passed = true;
    for (var suite : suites) {
      if (names.contains("all") && !names.contains(suite.name()) && suite.unfit() != null) {
        System.out.println(refusal(suite));
      } else if (!simulated.isCancelled()) {
        passed &= simulate(simulated, simulable(suite), settings);
      }
    }
    if (simulated.isCancelled()) {
      System.out.println("ended early");
    }
    return passed ? 0 : 1;
  }

  private boolean simulate(Simulated simulated, Suite suite, Settings settings) throws Exception {
    long count = seeds == null ? Simulated.DEFAULT_SEEDS : seeds;
    Simulated.Result result;
    if (Terminal.isStandardError()) {
      try (var progress = SeedProgress.open(suite.name(), count)) {
        result = simulated.explore(suite, settings, count, twice, progress);
      }
    } else {
      result = simulated.explore(suite, settings, count, twice, Simulated.Watcher.NONE);
    }
    System.out.printf(
        Locale.ROOT,
        "%-16s %,d seeds from %d, %,d operations in %s of simulated time: %s%n",
        suite.name(),
        result.seeds(),
        settings.seed(),
        result.operations(),
        TimeOption.format(Duration.ofMillis(result.time().toMillis())),
        verdict(result));
    if (result.failed() != null) {
      reportFailure(result.failed());
      System.out.println(
          "again: " + Simulated.command(suite.name(), settings, result.failed().seed()));
    }
    return result.passed();
  }

  private String verdict(Simulated.Result result) {
    if (result.failed() != null) {
      return "seed " + result.failed().seed() + " fails";
    }
    if (result.different() != null) {
      return "VIOLATION: the second run of seed " + result.different() + " is another";
    }
    return twice ? "no violation, no difference" : "no violation";
  }

  /** Prints what failed, if anything did; returns whether it did. */
  static boolean reportFailure(Outcome outcome) {
    Throwable failure = outcome.failure();
    if (failure == null) {
      return false;
    }
    System.out.println("  VIOLATION " + failure.getMessage());
    if (!(failure instanceof AssertionError) || failure.getCause() != null) {
      failure.printStackTrace(System.out);
    }
    return true;
  }

  /**
   * The suite itself.
   *
   * @throws CliError if it cannot run in a simulation
   */
  static Suite simulable(Suite suite) {
    if (suite.unfit() != null) {
      throw new CliError(refusal(suite));
    }
    return suite;
  }

  private static String refusal(Suite suite) {
    return suite.name() + " cannot be simulated: it " + suite.unfit();
  }
}
