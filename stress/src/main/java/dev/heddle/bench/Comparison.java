package dev.heddle.bench;

import dev.heddle.bench.load.Load;
import dev.heddle.bench.load.LoadPlan;
import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.ServerMain;
import dev.heddle.cli.CliError;
import dev.heddle.stress.StopSignal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures servers side by side: round by round A B C, A B C, so that a machine that grows slower
 * or faster does so for all, and each time in a fresh JVM.
 */
final class Comparison {
  private final Scenario scenario;
  private final StopSignal stop;
  private final BenchProgress progress;

  Comparison(Scenario scenario, StopSignal stop, BenchProgress progress) {
    this.scenario = scenario;
    this.stop = stop;
    this.progress = progress;
  }

  /** Returns the complete runs: all of them, or fewer when asked to stop. */
  List<ServerRun> run() throws IOException, InterruptedException {
    var runs = new ArrayList<ServerRun>();
    for (int round = 1; round <= scenario.rounds(); round++) {
      for (var peer : scenario.peers()) {
        progress.next("round " + round + " of " + scenario.rounds() + ": " + peer);
        try {
          var run = measure(peer, round);
          if (stop.getAsBoolean()) {
            return runs;
          }
          runs.add(run);
          progress.found(run.summary());
        } catch (IOException | CliError e) {
          if (stop.soon()) {
            return runs;
          }
          throw e;
        }
      }
    }
    return runs;
  }

  private ServerRun measure(Peer peer, int round) throws IOException, InterruptedException {
    try (var server = start(peer)) {
      int port = awaitReady(peer, server);
      server.discardOutput();
      try {
        return measure(peer, round, server, plan(port));
      } catch (IOException e) {
        if (server.hasDied()) {
          throw died(peer, server);
        }
        throw e;
      }
    }
  }

  private ServerRun measure(Peer peer, int round, MeasuredChild server, LoadPlan plan)
      throws IOException, InterruptedException {
    try (var load = Load.connect(plan)) {
      load.window(scenario.warmup(), stop);
      progress.step(scenario.warmup());
      var before = server.cpuTime();
      var result = load.window(scenario.window(), stop);
      var after = server.cpuTime();
      progress.step(scenario.window());
      if (result.errors() > 0 && server.hasDied()) {
        throw died(peer, server);
      }
      return ServerRun.of(peer, round, result, after.minus(before));
    }
  }

  private MeasuredChild start(Peer peer) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.add(peer.toString());
    arguments.add(scenario.work().toString());
    arguments.add(Integer.toString(scenario.processors()));
    arguments.addAll(scenario.burden());
    return MeasuredChild.start(JvmFlags.of(scenario.processors()), ServerMain.class, arguments);
  }

  private static int awaitReady(Peer peer, MeasuredChild server)
      throws IOException, InterruptedException {
    var port = server.await("ready");
    if (port == null) {
      throw died(peer, server);
    }
    return Integer.parseInt(port);
  }

  private LoadPlan plan(int port) {
    return new LoadPlan(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        scenario.work(),
        scenario.connections(),
        scenario.messageBytes(),
        scenario.loadThreads(),
        LoadPlan.PATIENCE);
  }

  private static CliError died(Peer peer, MeasuredChild server) throws InterruptedException {
    return CliError.failed("the " + peer + " server died: " + server.lastWords(), null);
  }
}
