package dev.heddle;

import dev.heddle.Metric.Kind;
import dev.heddle.netio.ServerMetrics;
import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.SchedulerMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * All figures of a runtime, from one look at it. There are as many each time, with the same names
 * and labels in the same order, so that a monitoring system can register them once.
 */
final class Figures {
  private static final double NANOS_A_SECOND = 1e9;

  private final String runtime;
  private final List<Metric> figures = new ArrayList<>();

  private Figures(String runtime) {
    this.runtime = runtime;
  }

  /** Takes them now. Looks at every live task once. */
  static List<Metric> of(Heddle heddle) {
    var all = new Figures(heddle.name());
    SchedulerMetrics metrics = heddle.metrics();
    all.gauge("heddle_tasks_live", "Tasks that have started and not ended", metrics.liveTasks());
    heddle
        .taskStates()
        .forEach(
            (state, count) ->
                all.gauge(
                    "heddle_tasks",
                    "Live tasks by what they do",
                    "state",
                    state.toString(),
                    count));
    all.gauge("heddle_processors", "Tasks that may run at the same time", metrics.processors());
    all.gauge(
        "heddle_processors_idle", "Rights to run that are not in use", metrics.idleProcessors());
    all.carriers("busy", metrics.busyCarriers());
    all.carriers("searching", metrics.searchingCarriers());
    all.carriers("idle", metrics.idleCarriers());
    all.carriers("spare", metrics.spareCarriers());
    all.gauge("heddle_global_queue", "Tasks in the global run queue", metrics.globalQueue());
    all.gauge(
        "heddle_local_queues",
        "Tasks in the local run queues",
        sum(metrics, ProcessorMetrics::queued));
    all.gauge("heddle_timers", "Armed timers", metrics.timers());
    all.gauge("heddle_sockets_open", "Open sockets", heddle.openSockets());
    all.servers(heddle.serverMetrics());
    all.gauge(
        "heddle_queued_write_bytes",
        "Bytes in the queues of writes",
        (double) heddle.queuedWriteBytes());
    all.counter(
        "heddle_slices", "Times a task began or resumed", sum(metrics, ProcessorMetrics::slices));
    all.counter(
        "heddle_steals",
        "Thefts from the queue of another processor",
        sum(metrics, ProcessorMetrics::steals));
    all.counter(
        "heddle_stolen_tasks",
        "Tasks taken by thefts",
        sum(metrics, ProcessorMetrics::stolenTasks));
    all.counter(
        "heddle_overflows",
        "Times a full local queue moved half of it to the global queue",
        sum(metrics, ProcessorMetrics::overflows));
    all.counter(
        "heddle_handoffs",
        "Times a right to run was taken or given away",
        (double) metrics.handoffs());
    all.counter(
        "heddle_polls", "Calls of the poller by carriers", sum(metrics, ProcessorMetrics::polls));
    all.counter(
        "heddle_polled_events",
        "Events that these calls returned",
        sum(metrics, ProcessorMetrics::polledEvents));
    all.counter(
        "heddle_uptime_seconds", "Time since the start", metrics.uptimeNanos() / NANOS_A_SECOND);
    all.latency(metrics.latency());
    return List.copyOf(all.figures);
  }

  private static double sum(SchedulerMetrics metrics, ToLongFunction<ProcessorMetrics> part) {
    return (double) metrics.perProcessor().stream().mapToLong(part).sum();
  }

  private void gauge(String name, String help, double value) {
    figures.add(new Metric(name, Kind.GAUGE, help, Map.of("runtime", runtime), value));
  }

  private void gauge(String name, String help, String label, String is, double value) {
    var labels = Map.of("runtime", runtime, label, is);
    figures.add(new Metric(name, Kind.GAUGE, help, labels, value));
  }

  private void counter(String name, String help, double value) {
    figures.add(new Metric(name, Kind.COUNTER, help, Map.of("runtime", runtime), value));
  }

  private void counter(String name, String help, String label, String is, long value) {
    var labels = Map.of("runtime", runtime, label, is);
    figures.add(new Metric(name, Kind.COUNTER, help, labels, (double) value));
  }

  /** Those of {@code heddle.serve}, all together. */
  private void servers(ServerMetrics metrics) {
    String states = "Open connections of servers by whether they have a task";
    gauge("heddle_server_connections", states, "state", "working", metrics.working());
    int dormant = metrics.open() - metrics.working();
    gauge("heddle_server_connections", states, "state", "dormant", dormant);
    counter(
        "heddle_server_accepted",
        "Connections that servers accepted, refused ones included",
        (double) metrics.accepted());
    refused("connections", metrics.refusedOverConnections());
    refused("source", metrics.refusedOverSource());
    refused("rate", metrics.refusedOverRate());
    counter(
        "heddle_server_waits",
        "How often servers waited before they accepted, as a limit was reached",
        (double) metrics.waits());
    ended("head-timeout", metrics.headTimeouts());
    ended("idle-timeout", metrics.idleTimeouts());
    ended("write-stall", metrics.writeStalls());
    ended("failure", metrics.failures());
    counter(
        "heddle_server_received_bytes",
        "Bytes that connections of servers have received",
        (double) metrics.receivedBytes());
    counter(
        "heddle_server_sent_bytes",
        "Bytes that connections of servers have sent",
        (double) metrics.sentBytes());
  }

  private void refused(String limit, long count) {
    String help = "Connections that servers refused by the limit that was reached";
    counter("heddle_server_refused", help, "limit", limit, count);
  }

  private void ended(String cause, long count) {
    String help = "Connections that servers ended by cause";
    counter("heddle_server_ended", help, "cause", cause, count);
  }

  private void carriers(String state, int count) {
    gauge("heddle_carriers", "Carriers by what they do", "state", state, count);
  }

  /** All 0 while metrics are off. */
  private void latency(Latency latency) {
    quantile("0.5", latency.p50Nanos());
    quantile("0.9", latency.p90Nanos());
    quantile("0.99", latency.p99Nanos());
    quantile("0.999", latency.p999Nanos());
    quantile("1", latency.maxNanos());
    counter(
        "heddle_runnable_waits",
        "Times a wait of a runnable task was measured",
        (double) latency.count());
  }

  private void quantile(String at, long nanos) {
    String help = "How long tasks were runnable before they ran, since the start";
    gauge("heddle_runnable_seconds", help, "at", at, nanos / NANOS_A_SECOND);
  }
}
