package dev.heddle.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Writes a summary as JSON for machines: the same numbers as the text, all in nanoseconds. */
public final class SummaryJson {
  private final JsonGenerator json;
  private final List<String> runtimes;

  private SummaryJson(JsonGenerator json, List<String> runtimes) {
    this.json = json;
    this.runtimes = runtimes;
  }

  /** Writes it all; {@code out} stays open. */
  public static void write(Summary summary, ReadReport report, Writer out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      new SummaryJson(json, report.runtimes()).all(summary, report);
    }
  }

  private void all(Summary summary, ReadReport report) throws IOException {
    json.writeStartObject();
    recording(summary, report);
    CausesJson.write(summary.causes(report.spanNanos()), json);
    checks(summary.checks());
    json.writeFieldName("all");
    row(summary.times.all());
    json.writeArrayFieldStart("byName");
    for (TimeByName.Row row : summary.times.rows()) {
      row(row);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("readiness");
    spread("seenToQueued", summary.seenToQueued);
    spread("queuedToRun", summary.queuedToRun);
    spread("seenToRun", summary.seenToRun);
    json.writeEndObject();
    processors(summary.processors, report.spanNanos());
    counters(summary.counters);
    spans(summary.spans);
    connections(summary.connections);
    runs(summary);
    CausesJson.write(summary.waits(), json);
    json.writeEndObject();
  }

  private void recording(Summary summary, ReadReport report) throws IOException {
    json.writeObjectFieldStart("recording");
    json.writeStringField("file", report.file().toString());
    json.writeNumberField("startEpochNanos", report.startEpochNanos());
    json.writeNumberField("spanNanos", report.spanNanos());
    json.writeNumberField("events", report.heddleEvents());
    json.writeNumberField("carriers", summary.carriers());
    json.writeStringField("damage", report.damage().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("unreadBytes", report.unreadBytes());
    json.writeEndObject();
  }

  private void checks(TraceInvariants.Report checks) throws IOException {
    json.writeObjectFieldStart("checks");
    json.writeBooleanField("hold", checks.holds());
    json.writeNumberField("tasks", checks.tasks());
    json.writeNumberField("waitingTasks", checks.waitingTasks());
    json.writeNumberField("uncheckedTasks", checks.uncheckedTasks());
    json.writeNumberField("cutTasks", checks.cutTasks());
    json.writeNumberField("unbalancedTasks", checks.unbalancedTasks());
    json.writeNumberField("lifetimeNanos", checks.lifetimeNanos());
    json.writeNumberField("preemptedTasks", checks.preemptedTasks());
    json.writeNumberField("accountedNanos", checks.accountedNanos());
    json.writeNumberField("missingSlices", checks.missingSlices());
    json.writeNumberField("overlaps", checks.overlaps());
    json.writeNumberField("withoutReadier", checks.withoutReadier());
    json.writeNumberField("lossEvents", checks.lossEvents());
    json.writeNumberField("lostBytes", checks.lostBytes());
    json.writeArrayFieldStart("examples");
    for (String example : checks.examples()) {
      json.writeString(example);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void row(TimeByName.Row row) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", row.name);
    json.writeNumberField("tasks", row.tasks());
    json.writeNumberField("created", row.created);
    json.writeNumberField("done", row.done);
    json.writeNumberField("failed", row.failed);
    json.writeNumberField("slices", row.slices());
    spread("run", row.run);
    spread("runnable", row.runnable);
    spread("ioWait", row.network);
    spread("blocked", row.blocked);
    spread("asleep", row.asleep);
    json.writeEndObject();
  }

  private void spread(String name, Spread spread) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("count", spread.count());
    json.writeNumberField("sumNanos", spread.sum());
    for (double percentile : Spread.PERCENTILES) {
      String digits = String.valueOf(percentile).replaceAll("\\.0$", "");
      json.writeNumberField("p" + digits, spread.at(percentile));
    }
    json.writeNumberField("max", spread.max());
    json.writeEndObject();
  }

  private void processors(Processors processors, long spanNanos) throws IOException {
    json.writeArrayFieldStart("processors");
    for (Processors.Row row : processors.rows()) {
      json.writeStartObject();
      place(row.processor);
      json.writeNumberField("carrierId", row.carrierId);
      json.writeNumberField("utilisation", row.utilisation(spanNanos));
      json.writeNumberField("runNanos", row.runNanos);
      json.writeNumberField("slices", row.slices);
      json.writeNumberField("idleNanos", row.idleNanos);
      json.writeNumberField("inPollerNanos", row.pollerNanos);
      json.writeNumberField("polls", row.polls);
      json.writeNumberField("stolenTasks", row.stolen);
      json.writeNumberField("stolenFromTasks", row.stolenFrom);
      json.writeNumberField("handoffs", row.handoffs);
      json.writeNumberField("overflowedTasks", row.overflows);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void counters(EventCounts c) throws IOException {
    json.writeObjectFieldStart("counters");
    json.writeNumberField("steals", c.steals);
    json.writeNumberField("stolenTasks", c.stolenTasks);
    json.writeNumberField("retakes", c.retakes);
    json.writeNumberField("blockingHandoffs", c.blockingHandoffs);
    json.writeNumberField("wakes", c.wakes);
    json.writeNumberField("overflows", c.overflows);
    json.writeNumberField("overflowedTasks", c.overflowedTasks);
    json.writeNumberField("polls", c.polls);
    json.writeNumberField("blockingPolls", c.blockingPolls);
    json.writeNumberField("emptyPolls", c.emptyPolls);
    json.writeNumberField("sysmonPolls", c.sysmonPolls);
    json.writeNumberField("pollWakeups", c.pollWakeups);
    json.writeNumberField("pollEvents", c.pollEvents);
    json.writeNumberField("pollReadied", c.pollReadied);
    json.writeNumberField("eventsPerUsefulPollP50", c.eventsPerPoll.at(50));
    json.writeNumberField("eventsPerUsefulPollMax", c.eventsPerPoll.max());
    json.writeNumberField("sysmonRounds", c.sysmonRounds);
    json.writeNumberField("sysmonPolledRounds", c.sysmonPolledRounds);
    json.writeNumberField("maxRunnableSampled", c.maxRunnable);
    spread("timerLate", c.timerLate);
    json.writeEndObject();
  }

  private void spans(UserSpans spans) throws IOException {
    json.writeArrayFieldStart("spans");
    for (UserSpans.Row row : spans.rows()) {
      json.writeStartObject();
      json.writeStringField("name", row.name);
      spread("duration", row.nanos);
      json.writeNumberField("runningNanos", row.runningNanos);
      json.writeNumberField("runnableNanos", row.runnableNanos);
      json.writeNumberField("networkNanos", row.networkNanos);
      json.writeNumberField("blockedNanos", row.blockedNanos);
      json.writeNumberField("asleepNanos", row.asleepNanos);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("slowestSpans");
    for (UserSpans.Slow slow : spans.slowest()) {
      json.writeStartObject();
      json.writeStringField("name", slow.span().spanName());
      json.writeNumberField("startNanos", slow.span().startNanos());
      json.writeNumberField("nanos", slow.span().spanNanos());
      json.writeNumberField("taskId", slow.span().taskId());
      json.writeStringField("taskName", slow.span().taskName());
      CausesJson.strings("parts", slow.parts(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void connections(ConnectionEvents connections) throws IOException {
    json.writeObjectFieldStart("connections");
    spread("serverHandshakes", connections.serverHandshakes);
    spread("clientHandshakes", connections.clientHandshakes);
    json.writeArrayFieldStart("failures");
    for (ConnectionEvents.Row row : connections.failures()) {
      json.writeStartObject();
      json.writeStringField("what", row.what);
      json.writeNumberField("count", row.count);
      json.writeNumberField("sumNanos", row.sumNanos);
      json.writeNumberField("firstNanos", row.firstNanos);
      json.writeNumberField("lastNanos", row.lastNanos);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void runs(Summary summary) throws IOException {
    json.writeArrayFieldStart("longestRuns");
    for (Summary.Run run : summary.longestRuns()) {
      json.writeStartObject();
      slice(run.slice());
      json.writeStringField("stack", run.stack());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("worstDelays");
    for (Delays.Delay delay : summary.worstDelays()) {
      json.writeStartObject();
      slice(delay.slice());
      json.writeStringField("waitStack", delay.stack());
      json.writeArrayFieldStart("meanwhile");
      for (Delays.Holder holder : delay.holders()) {
        json.writeStartObject();
        slice(holder.slice());
        json.writeNumberField("meanwhileNanos", holder.nanos());
        json.writeStringField("stack", holder.stack());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void slice(Slice s) throws IOException {
    json.writeNumberField("taskId", s.taskId());
    json.writeStringField("taskName", s.taskName());
    place(s.processor());
    json.writeNumberField("startNanos", s.startNanos());
    json.writeNumberField("runNanos", s.runNanos());
    json.writeNumberField("runnableNanos", s.runnableNanos());
    json.writeStringField("readier", s.readier().word);
    json.writeNumberField("readierTaskId", s.readierTaskId());
    json.writeStringField("end", s.end().word);
  }

  private void place(int place) throws IOException {
    json.writeNumberField("processor", Places.processor(place));
    json.writeStringField("runtime", runtimes.get(Places.runtime(place)));
  }
}
