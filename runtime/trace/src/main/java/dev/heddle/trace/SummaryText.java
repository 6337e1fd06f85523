package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.List;
import java.util.Locale;

/** Lays a summary out as tables for people. */
public final class SummaryText {
  /** Rows of the table of names; the others are in the JSON. */
  private static final int MAX_NAMES = 25;

  private static final int MAX_STACKS = 10;
  private static final int MAX_FRAMES = 10;

  private final Summary summary;
  private final ReadReport report;
  private final StringBuilder out = new StringBuilder();

  private SummaryText(Summary summary, ReadReport report) {
    this.summary = summary;
    this.report = report;
  }

  public static String of(Summary summary, ReadReport report) {
    var text = new SummaryText(summary, report);
    text.head();
    if (summary.times.all().slices() == 0) {
      text.title("No task ran while this was recorded");
      text.title("Events");
      text.out.append(EventCounts.text(summary.counters));
      return text.out.toString();
    }
    text.out.append(CausesText.of(summary.causes(report.spanNanos())));
    text.out.append('\n');
    text.checks();
    text.spans();
    text.times();
    text.percentiles();
    text.readiness();
    text.processors();
    text.title("Events");
    text.out.append(EventCounts.text(summary.counters));
    text.connections();
    text.monopolies();
    text.delays();
    text.waits();
    return text.out.toString();
  }

  private void head() {
    out.append(report.file().getFileName())
        .append(": ")
        .append(Nanos.format(report.spanNanos()))
        .append(", ")
        .append(number(report.heddleEvents()))
        .append(" events, ")
        .append(number(summary.times.all().slices()))
        .append(" slices of ")
        .append(number(summary.times.all().tasks()))
        .append(" tasks (")
        .append(number(summary.times.all().created))
        .append(" created meanwhile, ")
        .append(number(summary.times.all().done))
        .append(" done")
        .append(failed(summary.times.all().failed))
        .append(")\n");
  }

  private static String failed(long tasks) {
    return tasks == 0 ? "" : ", " + number(tasks) + " of them by an exception";
  }

  private void spans() {
    List<UserSpans.Row> rows = summary.spans.rows();
    if (rows.isEmpty()) {
      return;
    }
    title("Spans of the program's own (Trace.task, Trace.region), and where their time went");
    var table =
        new TextTable(
            "span",
            "count",
            "p50",
            "p99",
            "max",
            "running",
            "runnable",
            "network",
            "blocked",
            "asleep");
    for (UserSpans.Row row : rows.subList(0, Math.min(MAX_NAMES, rows.size()))) {
      double all = row.accountedNanos();
      table.row(
          row.name,
          number(row.nanos.count()),
          Nanos.format(row.nanos.at(50)),
          Nanos.format(row.nanos.at(99)),
          Nanos.format(row.nanos.max()),
          share(row.runningNanos, all),
          share(row.runnableNanos, all),
          share(row.networkNanos, all),
          share(row.blockedNanos, all),
          share(row.asleepNanos, all));
    }
    table.appendTo(out);
    out.append("  the slowest:\n");
    summary.spans.slowest().forEach(this::slowSpan);
  }

  private void slowSpan(UserSpans.Slow slow) {
    TraceEvent.UserSpan s = slow.span();
    out.append(
        String.format(
            Locale.ROOT,
            "  %10s  at %s: %s, in %s #%d%n",
            Nanos.format(s.spanNanos()),
            Moments.text(s.startNanos()),
            s.spanName(),
            s.taskName().isEmpty() ? "task" : s.taskName(),
            s.taskId()));
    if (s.isAccounted()) {
      out.append(
          String.format(
              Locale.ROOT,
              "              running %s, runnable %s, network %s, blocked %s, asleep %s%n",
              Nanos.format(s.runningNanos()),
              Nanos.format(s.runnableNanos()),
              Nanos.format(s.networkNanos()),
              Nanos.format(s.blockedNanos()),
              Nanos.format(s.asleepNanos())));
    }
    if (!slow.parts().isEmpty()) {
      out.append("              ").append(String.join("; ", slow.parts())).append('\n');
    }
  }

  private void checks() {
    TraceInvariants.Report checks = summary.checks();
    out.append("checks: ");
    if (checks.holds()) {
      out.append(
          String.format(
              Locale.ROOT,
              "run + runnable + waiting = lifetime within %.2f %%%s; no slice missing, none"
                  + " overlapping, each with its readier; nothing lost%n",
              checks.imbalance() * 100,
              checks.preemptedTasks() == 0
                  ? ""
                  : " (preempted between two clocks: "
                      + checks.preemptedTasks()
                      + " of the tasks)"));
    } else {
      out.append("INCONSISTENT\n");
      violation(
          checks.lossEvents(),
          "times Flight Recorder lost events",
          number(checks.lostBytes()) + " bytes");
      violation(checks.missingSlices(), "slices missing", "");
      violation(checks.overlaps(), "slices overlap on their processor", "");
      violation(checks.withoutReadier(), "slices without a readier", "");
      violation(checks.unbalancedTasks(), "tasks whose spans do not add up to their lifetime", "");
      out.append(
          String.format(
              Locale.ROOT,
              "  run + runnable + waiting is off the lifetimes by %.2f %%%n",
              checks.imbalance() * 100));
      checks.examples().forEach(line -> out.append("  e.g. ").append(line).append('\n'));
    }
    if (checks.cutTasks() > 0) {
      out.append("  its beginning was dropped (maxage or maxsize): ")
          .append(number(checks.cutTasks()))
          .append(" tasks are known from their middle on\n");
    }
    if (checks.uncheckedTasks() > 0) {
      out.append("  too many tasks at once to check them all: ")
          .append(number(checks.uncheckedTasks()))
          .append(" tasks unchecked\n");
    }
    if (!report.whole()) {
      out.append("  incomplete: ").append(report.damageLine()).append('\n');
    }
  }

  private void violation(long count, String what, String detail) {
    if (count > 0) {
      out.append("  ").append(number(count)).append(' ').append(what);
      out.append(detail.isEmpty() ? "" : " (" + detail + ")").append('\n');
    }
  }

  private void title(String title) {
    out.append('\n').append(title).append('\n');
  }

  private void times() {
    title("Time by task name (run: in all; then, where the tasks' time went)");
    var table =
        new TextTable(
            "name",
            "tasks",
            "slices",
            "run",
            "running",
            "runnable",
            "I/O wait",
            "blocked",
            "asleep");
    List<TimeByName.Row> rows = summary.times.rows();
    rows.stream().limit(MAX_NAMES).forEach(row -> times(table, row));
    times(table, summary.times.all());
    table.appendTo(out);
    if (rows.size() > MAX_NAMES) {
      out.append("  … and ").append(rows.size() - MAX_NAMES).append(" more names (see --json)\n");
    }
  }

  private static void times(TextTable table, TimeByName.Row row) {
    double all = row.nanos();
    table.row(
        row.name,
        number(row.tasks()),
        number(row.slices()),
        Nanos.format(row.run.sum()),
        share(row.run.sum(), all),
        share(row.runnable.sum(), all),
        share(row.network.sum(), all),
        share(row.blocked.sum(), all),
        share(row.asleep.sum(), all));
  }

  /** A sum over a thousand tasks that wait is many times the recording's length: no time to say. */
  private static String share(long sum, double all) {
    return sum == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * sum / all);
  }

  private void percentiles() {
    title("How long at a time");
    var table = new TextTable("", "count", "p50", "p90", "p99", "p99.9", "max");
    TimeByName.Row all = summary.times.all();
    spread(table, "run", all.run);
    spread(table, "runnable", all.runnable);
    spread(table, "I/O wait", all.network);
    spread(table, "blocked", all.blocked);
    spread(table, "asleep", all.asleep);
    List<TimeByName.Row> rows = summary.times.rows();
    if (rows.size() > 1) {
      for (TimeByName.Row row : rows.subList(0, Math.min(MAX_NAMES, rows.size()))) {
        spread(table, row.name + ": run", row.run);
        spread(table, row.name + ": runnable", row.runnable);
        spread(table, row.name + ": I/O wait", row.network);
        spread(table, row.name + ": blocked", row.blocked);
      }
    }
    table.appendTo(out);
  }

  private static void spread(TextTable table, String name, Spread spread) {
    if (spread.count() == 0) {
      return;
    }
    table.row(
        name,
        number(spread.count()),
        Nanos.format(spread.at(50)),
        Nanos.format(spread.at(90)),
        Nanos.format(spread.at(99)),
        Nanos.format(spread.at(99.9)),
        Nanos.format(spread.max()));
  }

  private void readiness() {
    if (summary.seenToRun.count() == 0) {
      return;
    }
    title("From the kernel's event to running (tasks readied by the poller)");
    var table = new TextTable("", "count", "p50", "p90", "p99", "p99.9", "max");
    spread(table, "seen → queued", summary.seenToQueued);
    spread(table, "queued → run", summary.queuedToRun);
    spread(table, "seen → run", summary.seenToRun);
    table.appendTo(out);
  }

  private void processors() {
    title("Processors (" + summary.carriers() + " carriers)");
    var table =
        new TextTable(
            "processor",
            "busy",
            "run",
            "slices",
            "idle",
            "in poller",
            "polls",
            "stole",
            "handed off");
    for (Processors.Row row : summary.processors.rows()) {
      table.row(
          place(row.processor),
          String.format(Locale.ROOT, "%.1f %%", 100 * row.utilisation(report.spanNanos())),
          Nanos.format(row.runNanos),
          number(row.slices),
          Nanos.format(row.idleNanos),
          Nanos.format(row.pollerNanos),
          number(row.polls),
          number(row.stolen),
          number(row.handoffs));
    }
    table.appendTo(out);
  }

  private void connections() {
    String lines = summary.connections.text();
    if (!lines.isEmpty()) {
      title("Connections");
      out.append(lines);
    }
  }

  private void monopolies() {
    title("Longest runs");
    for (Summary.Run run : summary.longestRuns()) {
      Slice s = run.slice();
      out.append(
          String.format(
              Locale.ROOT,
              "  %10s  at %s on %s: %s%s%n",
              Nanos.format(s.runNanos()),
              Moments.text(s.startNanos()),
              place(s.processor()),
              task(s),
              s.end() == Stop.RUNNING ? ", still running at the end" : ""));
      frames(run.stack());
    }
  }

  private void delays() {
    title("Worst scheduling delays (queued → run), and what ran meanwhile");
    List<Slice> above = List.of();
    for (Delays.Delay delay : summary.worstDelays()) {
      Slice s = delay.slice();
      List<Slice> held = delay.holders().stream().map(Delays.Holder::slice).toList();
      out.append(
          String.format(
              Locale.ROOT,
              "  %10s  at %s on %s: %s, readied by %s%n",
              Nanos.format(s.runnableNanos()),
              Moments.text(s.queuedNanos()),
              place(s.processor()),
              task(s),
              s.readier() == Readier.TASK ? "task " + s.readierTaskId() : s.readier().word));
      if (!held.isEmpty() && held.equals(above)) {
        out.append("              the same ran as above\n");
      } else {
        delay.holders().forEach(this::holder);
      }
      above = held;
      if (!delay.stack().isEmpty()) {
        out.append("              it had waited in ")
            .append(Frames.own(delay.stack()))
            .append('\n');
      }
    }
  }

  private void holder(Delays.Holder holder) {
    out.append(
        String.format(
            Locale.ROOT,
            "              for %s %s ran %s%n",
            Nanos.format(holder.nanos()),
            place(holder.slice().processor()),
            task(holder.slice())));
    brief(holder.stack());
  }

  /** The innermost frame, and the innermost that is not the JDK's. */
  private void brief(String stack) {
    List<String> frames = stack.lines().map(String::strip).toList();
    for (int i = 0; i < frames.size(); i++) {
      boolean jdk = frames.get(i).matches("(at )?java(\\.|\\.base/).*");
      if (i == 0 || !jdk) {
        out.append("                ").append(frames.get(i)).append('\n');
      }
      if (!jdk) {
        return;
      }
    }
  }

  private void waits() {
    waits("Blocked by lock (waits of 10 ms and more)", summary.waits().blockedByLock);
    waits("Blocked by stack (waits of 10 ms and more)", summary.waits().blockedByStack);
    waits("Network waits by peer (sampled)", summary.waits().networkByPeer);
    waits("Network waits by stack (sampled)", summary.waits().networkByStack);
  }

  private void waits(String title, WaitTotals totals) {
    List<WaitTotals.Row> rows = totals.rows();
    if (rows.isEmpty()) {
      return;
    }
    title(title);
    for (WaitTotals.Row row : rows.subList(0, Math.min(MAX_STACKS, rows.size()))) {
      out.append(
          String.format(
              Locale.ROOT,
              "  %10s  %s, %,d waits, p50 %s, p99 %s, longest %s%n",
              Nanos.format(row.sumNanos),
              row.what,
              row.count,
              Nanos.format(row.at(50)),
              Nanos.format(row.at(99)),
              Nanos.format(row.maxNanos)));
      frames(row.stack);
    }
  }

  private void frames(String stack) {
    stack
        .lines()
        .limit(MAX_FRAMES)
        .forEach(f -> out.append("                ").append(f.strip()).append('\n'));
  }

  private static String task(Slice s) {
    return (s.taskName().isEmpty() ? "task" : s.taskName()) + " #" + s.taskId();
  }

  private String place(int processor) {
    return Places.label(processor, report.runtimes());
  }

  static String number(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
