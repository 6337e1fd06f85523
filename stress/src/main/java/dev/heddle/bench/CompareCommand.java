package dev.heddle.bench;

import dev.heddle.bench.server.Work;
import dev.heddle.cli.CliError;
import dev.heddle.stress.StopSignal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands that compare servers: each a contest, measured and printed alike. */
abstract class CompareCommand implements Callable<Integer> {
  private final ServerContest contest;

  @Mixin private final CompareOptions options = new CompareOptions();

  private CompareCommand(ServerContest contest) {
    this.contest = contest;
  }

  @Override
  public final Integer call() throws InterruptedException {
    var scenario = options.scenario(contest);
    var json = options.json();
    try {
      var report = new ServerReport(scenario, measure(scenario, StopSignal.install()));
      System.out.println(report.caption());
      System.out.print(report.table());
      json.write(report::writeJson);
      return 0;
    } catch (IOException e) {
      throw CliError.failed(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private static List<ServerRun> measure(Scenario scenario, StopSignal stop)
      throws IOException, InterruptedException {
    try (var progress = BenchProgress.start(scenario.name(), expected(scenario))) {
      return new Comparison(scenario, stop, progress).run();
    }
  }

  private static Duration expected(Scenario scenario) {
    return scenario
        .warmup()
        .plus(scenario.window())
        .multipliedBy((long) scenario.rounds() * scenario.peers().size());
  }

  @Command(name = "http", description = "Compares HTTP servers: requests answered from a table.")
  static final class Http extends CompareCommand {
    Http() {
      super(ServerContest.of(Work.HTTP));
    }
  }

  @Command(name = "echo", description = "Compares echo servers.")
  static final class Echo extends CompareCommand {
    Echo() {
      super(ServerContest.of(Work.ECHO));
    }
  }

  @Command(
      name = "sockets",
      description = "Compares echo over our connections, java.net sockets and the JDK's channels.")
  static final class Sockets extends CompareCommand {
    Sockets() {
      super(ServerContest.betweenSockets());
    }
  }

  @Command(name = "tls", description = "Compares echo servers over TLS.")
  static final class Tls extends CompareCommand {
    Tls() {
      super(ServerContest.overTls());
    }
  }

  @Command(
      name = "hogs",
      description = "Compares echo servers beside 8 tasks that compute for ever.")
  static final class Hogs extends CompareCommand {
    Hogs() {
      super(ServerContest.besideHogs());
    }
  }

  @Command(
      name = "blockers",
      description = "Compares echo servers beside 64 tasks that block for 100 ms again and again.")
  static final class Blockers extends CompareCommand {
    Blockers() {
      super(ServerContest.besideBlockers());
    }
  }
}
