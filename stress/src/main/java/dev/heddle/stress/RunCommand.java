package dev.heddle.stress;

import dev.heddle.cli.CliError;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.ProcessorsOption;
import dev.heddle.cli.Terminal;
import dev.heddle.cli.TimeOption;
import dev.heddle.cli.TraceOption;
import dev.heddle.netio.PollerKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
  private int connections = Settings.DEFAULT_CONNECTIONS;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the randomness; default: a new one.")
  private @Nullable Long seed;

  @Option(names = "--processors", paramLabel = "N", description = "Default: as the JVM sees.")
  private int processors = Runtime.getRuntime().availableProcessors();

  @Option(names = "--poller", paramLabel = "KIND", description = "epoll, selector or auto.")
  private PollerKind poller = PollerKind.AUTO;

  @Option(
      names = "--stuck-after",
      paramLabel = "TIME",
      description = "No progress for so long is a violation; default 10s.")
  private @Nullable String stuckAfter;

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
    if (connections < 1 || connections > Settings.MAX_CONNECTIONS) {
      throw new CliError(
          "--connections must be 1 to " + Settings.MAX_CONNECTIONS + ", not " + connections);
    }
    return new Settings(
        time("--duration", duration, Settings.DEFAULT_DURATION),
        connections,
        seed != null ? seed : new SplittableRandom().nextLong(1, MAX_PRINTED_SEED),
        ProcessorsOption.check(processors),
        poller,
        time("--stuck-after", stuckAfter, Settings.DEFAULT_STUCK_AFTER));
  }

  private static Duration time(String option, @Nullable String text, Duration otherwise) {
    return text == null ? otherwise : TimeOption.parse(option, text, SHORTEST, LONGEST);
  }
}
