package dev.heddle.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.bench.server.Peer;
import dev.heddle.trace.TextTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A comparison of servers as a table of medians, and as JSON with every run. */
final class ServerReport {
  private final Scenario scenario;
  private final List<ServerRun> runs;

  ServerReport(Scenario scenario, List<ServerRun> runs) {
    this.scenario = scenario;
    this.runs = List.copyOf(runs);
  }

  /** The stock scheduler where it takes part: what a Java program has without us. */
  private Peer baseline() {
    return scenario.peers().contains(Peer.JDK_VT) ? Peer.JDK_VT : scenario.peers().getFirst();
  }

  String table() {
    var table =
        new TextTable(
            "server",
            "req/s",
            "ratio",
            "CPU us/req",
            "ratio",
            "p50 us",
            "p99 us",
            "p99.9 us",
            "max us",
            "errors");
    for (var peer : scenario.peers()) {
      table.row(
          peer.toString(),
          Numbers.text(median(peer, ServerRun::rate), 0),
          Numbers.text(ratio(peer, ServerRun::rate), 2),
          Numbers.text(median(peer, ServerRun::cpuMicros), 2),
          Numbers.text(ratio(peer, ServerRun::cpuMicros), 2),
          Numbers.text(median(peer, ServerRun::p50), 0),
          Numbers.text(median(peer, ServerRun::p99), 0),
          Numbers.text(median(peer, ServerRun::p999), 0),
          Numbers.text(median(peer, ServerRun::max), 0),
          Integer.toString(of(peer).stream().mapToInt(run -> run.errors() + run.stuck()).sum()));
    }
    return table.toString();
  }

  /** Says in one line what the table shows. */
  String caption() {
    int rounds = runs.stream().mapToInt(ServerRun::round).max().orElse(0);
    return String.format(
        Locale.ROOT,
        "%s, %d connections, %d processors: medians of %d round(s) of %s s, ratios to %s",
        scenario.name(),
        scenario.connections(),
        scenario.processors(),
        rounds,
        Numbers.text(scenario.window().toMillis() / 1e3, 1),
        baseline());
  }

  private List<ServerRun> of(Peer peer) {
    return runs.stream().filter(run -> run.peer() == peer).toList();
  }

  private double median(Peer peer, ToDoubleFunction<ServerRun> figure) {
    return Numbers.median(of(peer).stream().mapToDouble(figure).toArray());
  }

  private double ratio(Peer peer, ToDoubleFunction<ServerRun> figure) {
    return median(peer, figure) / median(baseline(), figure);
  }

  void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("name", scenario.name());
    json.writeStringField("work", scenario.work().toString());
    json.writeNumberField("connections", scenario.connections());
    json.writeNumberField("messageBytes", scenario.messageBytes());
    json.writeNumberField("processors", scenario.processors());
    json.writeNumberField("loadThreads", scenario.loadThreads());
    json.writeNumberField("warmupSeconds", scenario.warmup().toMillis() / 1e3);
    json.writeNumberField("seconds", scenario.window().toMillis() / 1e3);
    json.writeStringField("baseline", baseline().toString());
    json.writeArrayFieldStart("runs");
    for (var run : runs) {
      write(json, run);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, ServerRun run) throws IOException {
    json.writeStartObject();
    json.writeStringField("server", run.peer().toString());
    json.writeNumberField("round", run.round());
    json.writeNumberField("requests", run.requests());
    JsonFile.writeIfAny(json, "requestsPerSecond", run.rate());
    JsonFile.writeIfAny(json, "cpuMicrosPerRequest", run.cpuMicros());
    JsonFile.writeIfAny(json, "p50Micros", run.p50());
    JsonFile.writeIfAny(json, "p99Micros", run.p99());
    JsonFile.writeIfAny(json, "p999Micros", run.p999());
    JsonFile.writeIfAny(json, "maxMicros", run.max());
    json.writeNumberField("errors", run.errors());
    json.writeNumberField("stuck", run.stuck());
    json.writeEndObject();
  }
}
