package dev.heddle.bench;

import dev.heddle.bench.load.LoadPlan;
import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.Work;
import dev.heddle.cli.CliError;
import dev.heddle.cli.ProcessorsOption;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every comparison of servers. */
final class CompareOptions {
  private static final int MOST_THREADS = 1024;
  private static final int MOST_CONNECTIONS = 100_000;
  private static final int USUAL_MESSAGE_BYTES = 64;
  private static final int MOST_MESSAGE_BYTES = 1 << 24;

  @Option(
      names = {"-c", "--connections"},
      paramLabel = "N",
      description = "connections, each with one request in flight (default: 64; hogs: 16).")
  private @Nullable Integer connections;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "runs of each server (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "measured seconds of a run (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description = "seconds of load before them (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private double warmup;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "length of an echo message (default: 64).")
  private @Nullable Integer messageBytes;

  @Option(
      names = "--servers",
      paramLabel = "NAME",
      split = ",",
      description = "servers to compare, say heddle,jdk-vt (default: all that take part).")
  private @Nullable List<String> servers;

  @Option(
      names = "--processors",
      paramLabel = "N",
      description = "processors, stock carriers or event loops (default: the machine's; hogs: 2).")
  private @Nullable Integer processors;

  @Option(
      names = "--load-threads",
      paramLabel = "N",
      description = "threads that make the load (default: half the processors).")
  private @Nullable Integer loadThreads;

  @Option(names = "--json", paramLabel = "FILE", description = "write every run to this file.")
  private @Nullable File json;

  JsonFile json() {
    return new JsonFile(json);
  }

  /** Returns the scenario asked for. */
  Scenario scenario(ServerContest contest) {
    int connectionCount = connections != null ? connections : contest.connections();
    int processorCount = processors != null ? processors : contest.processors();
    int machine = Runtime.getRuntime().availableProcessors();
    int threads = loadThreads != null ? loadThreads : Math.max(1, machine / 2);
    check("--connections", connectionCount, 1, MOST_CONNECTIONS);
    check("--rounds", rounds, 1, Integer.MAX_VALUE);
    check("--seconds", seconds, 0.1, Integer.MAX_VALUE);
    check("--warmup", warmup, 0, Integer.MAX_VALUE);
    int size = messageBytes != null ? messageBytes : USUAL_MESSAGE_BYTES;
    if (messageBytes != null && contest.work() == Work.HTTP) {
      throw new CliError("--size is of echo messages, and http has none");
    }
    check("--size", size, LoadPlan.MIN_MESSAGE_BYTES, MOST_MESSAGE_BYTES);
    ProcessorsOption.check(processorCount);
    check("--load-threads", threads, 1, MOST_THREADS);
    return new Scenario(
        contest.name(),
        contest.work(),
        peers(contest.peers()),
        connectionCount,
        size,
        processorCount,
        threads,
        rounds,
        duration(warmup),
        duration(seconds),
        contest.burden());
  }

  private List<Peer> peers(List<Peer> able) {
    if (servers == null) {
      return able.stream().filter(Peer::isAvailable).toList();
    }
    return servers.stream().map(word -> peer(word, able)).distinct().toList();
  }

  private static Peer peer(String word, List<Peer> able) {
    return Peer.of(word)
        .filter(able::contains)
        .orElseThrow(
            () ->
                new CliError(
                    "--servers: no server '" + word + "' here, only " + names(able.stream())));
  }

  private static String names(Stream<Peer> peers) {
    return String.join(", ", peers.map(Peer::toString).toList());
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static void check(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new CliError(
          "%s must be %s, not %s"
              .formatted(
                  option,
                  most == Integer.MAX_VALUE
                      ? "at least " + plain(least)
                      : plain(least) + " to " + plain(most),
                  plain(value)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
