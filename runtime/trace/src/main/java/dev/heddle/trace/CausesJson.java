package dev.heddle.trace;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** What delayed tasks most as fields of a JSON object: in the summary's JSON and in the page. */
final class CausesJson {
  /** Of each list of waits. */
  private static final int MAX_ROWS = 200;

  private CausesJson() {}

  /**
   * Adds {@code causes}, {@code causesAtStart} and {@code operatingSystem} to the object that is
   * open.
   */
  static void write(Causes.Report report, JsonGenerator json) throws IOException {
    causes("causes", report.causes(), json);
    causes("causesAtStart", report.atStart(), json);
    OperatingSystem system = report.system();
    json.writeObjectFieldStart("operatingSystem");
    json.writeNumberField("ranNanos", system.ranNanos());
    json.writeNumberField("preemptedNanos", system.preemptedNanos());
    json.writeNumberField("delayedNanos", system.delayedNanos());
    json.writeNumberField("throttledNanos", system.throttledNanos());
    if (system.load() >= 0) {
      json.writeNumberField("load", system.load());
    }
    strings("lines", system.lines(), json);
    json.writeEndObject();
  }

  private static void causes(String field, List<Cause> causes, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Cause cause : causes) {
      cause(cause, json);
    }
    json.writeEndArray();
  }

  private static void cause(Cause cause, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", cause.kind());
    json.writeStringField("headline", cause.headline());
    json.writeStringField("extent", cause.extent());
    json.writeNumberField("totalNanos", cause.totalNanos());
    json.writeNumberField("delays", cause.delays());
    json.writeNumberField("tasks", cause.tasks());
    json.writeNumberField("worstNanos", cause.worstNanos());
    json.writeNumberField("worstAtNanos", cause.worstAtNanos());
    json.writeNumberField("worstTaskId", cause.worstTaskId());
    json.writeNumberField("firstNanos", cause.firstNanos());
    json.writeNumberField("lastNanos", cause.lastNanos());
    strings("victims", cause.victims(), json);
    strings("details", cause.details(), json);
    json.writeEndObject();
  }

  /** Adds what tasks waited for to the object that is open. */
  static void write(Waits waits, JsonGenerator json) throws IOException {
    totals("blockedByLock", waits.blockedByLock, json);
    totals("blockedByStack", waits.blockedByStack, json);
    totals("networkByPeer", waits.networkByPeer, json);
    totals("networkByStack", waits.networkByStack, json);
  }

  private static void totals(String field, WaitTotals totals, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(field);
    List<WaitTotals.Row> rows = totals.rows();
    for (WaitTotals.Row row : rows.subList(0, Math.min(MAX_ROWS, rows.size()))) {
      json.writeStartObject();
      json.writeStringField("what", row.what);
      json.writeNumberField("count", row.count);
      json.writeNumberField("sumNanos", row.sumNanos);
      json.writeNumberField("p50Nanos", row.at(50));
      json.writeNumberField("p99Nanos", row.at(99));
      json.writeNumberField("maxNanos", row.maxNanos);
      json.writeStringField("stack", row.stack);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void strings(String field, List<String> list, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(field);
    for (String text : list) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
