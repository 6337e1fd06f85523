package dev.heddle.stress;

import dev.heddle.cli.TimeOption;
import dev.heddle.netio.PollerKind;
import dev.heddle.simulation.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle stress replay}: runs one seed of {@code run --simulate} again, and shows it. */
@Command(
    name = "replay",
    description = {
      "Runs a seed of run --simulate again, with the options of that run.",
      "Exit code 0 only if there is no violation."
    },
    sortOptions = false)
public final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SEED", index = "0", description = "The seed.")
  private long seed;

  @Parameters(paramLabel = "NAME", index = "1", description = "The suite.")
  private String name = "";

  @Option(names = "--duration", paramLabel = "TIME", description = "Simulated; default 1s.")
  private @Nullable String duration;

  @Option(names = "--connections", paramLabel = "N", description = "Or lanes; default 4.")
  private int connections = Simulated.DEFAULT_CONNECTIONS;

  @Option(
      names = "--stuck-after",
      paramLabel = "TIME",
      description = "No progress for so long is a violation; default 10s.")
  private @Nullable String stuckAfter;

  @Option(names = "--log", description = "Print each step, in simulated time.")
  private boolean log;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "replay.html",
      description = "Write the trace page of the run, in simulated time; default replay.html.")
  private @Nullable Path trace;

  @Override
  public Integer call() throws Exception {
    Suite suite = RunCommand.simulable(Suites.named(name));
    Settings settings =
        new Settings(
            RunCommand.time("--duration", duration, Simulated.DEFAULT_DURATION),
            RunCommand.connections(connections),
            seed,
            1,
            PollerKind.AUTO,
            RunCommand.time("--stuck-after", stuckAfter, Settings.DEFAULT_STUCK_AFTER));
    var simulated = new Simulated(Wiring.STRAIGHT);
    var page = trace == null ? null : new ReplayTrace(trace);
    var options = Simulated.options().withLog(log);
    Outcome outcome =
        simulated.replay(suite, settings, page == null ? options : options.withSteps(page));
    System.out.print(outcome.log());
    if (page != null) {
      System.out.println("trace: " + page.write(suite.name() + ", seed " + seed));
    }
    System.out.printf(
        Locale.ROOT,
        "%s, seed %d: %s of simulated time, %,d steps, fingerprint %016x%n",
        suite.name(),
        seed,
        TimeOption.format(Duration.ofMillis(outcome.time().toMillis())),
        outcome.steps(),
        outcome.fingerprint());
    return RunCommand.reportFailure(outcome) ? 1 : 0;
  }
}
