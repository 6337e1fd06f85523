package dev.heddle.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;

/**
 * Chrome's trace event format: a JSON array of events, which may stand in any order.
 *
 * <p>An event is begun, given its fields, then its arguments (what viewers show when it is picked),
 * and ended.
 *
 * <p>Source: "Trace Event Format", Google, with the phases named there.
 */
final class ChromeTraceWriter implements Closeable {
  static final String COMPLETE = "X"; // has a duration
  static final String INSTANT = "i";
  static final String COUNTER = "C";
  static final String FLOW_START = "s";
  static final String FLOW_FINISH = "f";
  static final String ASYNC_BEGIN = "b";
  static final String ASYNC_END = "e";
  private static final String METADATA = "M";

  private final JsonGenerator json;
  private boolean inArguments;

  ChromeTraceWriter(OutputStream out) throws IOException {
    json = new JsonFactory().createGenerator(out);
    json.writeStartObject();
    json.writeStringField("displayTimeUnit", "ns");
    json.writeArrayFieldStart("traceEvents");
  }

  /** Begins an event at a moment, on a track of a "process". */
  ChromeTraceWriter begin(String phase, String name, int process, long track, long nanos)
      throws IOException {
    return begin(phase, name, process, track).micros("ts", nanos);
  }

  /** Begins what tells about a process or one of its tracks. */
  ChromeTraceWriter about(String what, int process, long track) throws IOException {
    return begin(METADATA, what, process, track);
  }

  private ChromeTraceWriter begin(String phase, String name, int process, long track)
      throws IOException {
    json.writeStartObject();
    return field("ph", phase).field("name", name).field("pid", process).field("tid", track);
  }

  ChromeTraceWriter duration(long nanos) throws IOException {
    return micros("dur", nanos);
  }

  ChromeTraceWriter field(String name, String value) throws IOException {
    json.writeStringField(name, value);
    return this;
  }

  ChromeTraceWriter field(String name, long value) throws IOException {
    json.writeNumberField(name, value);
    return this;
  }

  ChromeTraceWriter argument(String name, String value) throws IOException {
    return arguments().field(name, value);
  }

  ChromeTraceWriter argument(String name, long value) throws IOException {
    return arguments().field(name, value);
  }

  ChromeTraceWriter argument(String name, boolean value) throws IOException {
    arguments().json.writeBooleanField(name, value);
    return this;
  }

  /** An argument that is a time, whose name should say that it is shown in microseconds. */
  ChromeTraceWriter argumentMicros(String name, long nanos) throws IOException {
    return arguments().micros(name, nanos);
  }

  private ChromeTraceWriter arguments() throws IOException {
    if (!inArguments) {
      json.writeObjectFieldStart("args");
      inArguments = true;
    }
    return this;
  }

  /** The format counts in microseconds; as a decimal no nanosecond is lost. */
  private ChromeTraceWriter micros(String name, long nanos) throws IOException {
    json.writeNumberField(name, BigDecimal.valueOf(nanos, 3));
    return this;
  }

  /** Ends the event. */
  void end() throws IOException {
    if (inArguments) {
      json.writeEndObject();
      inArguments = false;
    }
    json.writeEndObject();
  }

  boolean isClosed() {
    return json.isClosed();
  }

  /** Ends the document. */
  @Override
  public void close() throws IOException {
    json.writeEndArray();
    json.writeEndObject();
    json.close();
  }
}
