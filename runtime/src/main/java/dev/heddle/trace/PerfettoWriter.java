package dev.heddle.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes a recording as Chrome trace events, which Perfetto and chrome://tracing open.
 *
 * <p>Three "processes" for each runtime hold the tracks: <em>processors</em> (what each ran, with
 * arrows from readier to readied), <em>poller and sysmon</em>, and <em>carriers</em> (the same
 * slices by thread). Counters show queue depths. Events may stand in any order in the file, so all
 * is written as it is read, and names of tracks at the end.
 *
 * <p>An arrow begins ({@code s}) on the track of the readier at the moment the task was queued, or
 * seen by the poller, and ends ({@code f}, bound to the enclosing slice) where the task begins to
 * run. Viewers attach its beginning to the slice that encloses that moment.
 */
final class PerfettoWriter implements Closeable {
  private static final int PROCESSORS = 1;
  private static final int POLLER = 2;
  private static final int CARRIERS = 3;
  private static final int KINDS = 3;
  private static final int POLLER_TRACK = 1;
  private static final int SYSMON_TRACK = 2;

  private final JsonGenerator json;

  /** The processors seen, of all runtimes, as {@link Places} numbers them. */
  private final Set<Integer> processors = new TreeSet<>();

  private final Map<Long, Integer> carriers = new LinkedHashMap<>(); // with their runtime
  private List<String> runtimes = List.of();
  private long flows;

  PerfettoWriter(OutputStream out) throws IOException {
    json = new JsonFactory().createGenerator(out);
    json.writeStartObject();
    json.writeStringField("displayTimeUnit", "ns");
    json.writeArrayFieldStart("traceEvents");
  }

  void accept(TraceEvent event) {
    try {
      write(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(TraceEvent event) throws IOException {
    switch (event) {
      case Slice s -> slice(s);
      case TraceEvent.Poll p -> poll(p);
      case TraceEvent.Sysmon s -> {
        begin(
            "X",
            s.polled() ? "round, polled" : "round",
            pid(POLLER, s.place()),
            SYSMON_TRACK,
            s.startNanos());
        duration(s.roundNanos());
        json.writeObjectFieldStart("args");
        json.writeNumberField("slept µs", micros(s.sleptNanos()));
        json.writeBooleanField("polled", s.polled());
        json.writeNumberField("retaken", s.retaken());
        endArgs();
      }
      case TraceEvent.Idle i -> {
        processor(i.processor());
        begin(
            "X",
            i.inPoller() ? "in poller" : "idle",
            pid(PROCESSORS, i.processor()),
            track(i.processor()),
            i.startNanos());
        duration(i.idleNanos());
        json.writeStringField("cname", "grey");
        json.writeEndObject();
      }
      case TraceEvent.Steal s -> {
        instant("steal from P" + Places.processor(s.victim()), s.thief(), s.startNanos());
        json.writeNumberField("tasks", s.tasks());
        endArgs();
      }
      case TraceEvent.Handoff h -> {
        instant(
            h.to() < 0 ? "handoff" : "handoff to P" + Places.processor(h.to()),
            h.from(),
            h.startNanos());
        json.writeStringField("reason", h.reason());
        json.writeStringField("task", h.taskName() + " #" + h.taskId());
        endArgs();
      }
      case TraceEvent.Monopoly m -> {
        instant("monopoly", m.processor(), m.startNanos());
        json.writeStringField("task", m.taskName() + " #" + m.taskId());
        json.writeStringField("stack", m.stack());
        endArgs();
      }
      case TraceEvent.TimerFired t -> {
        instant("timer", t.processor(), t.startNanos());
        json.writeNumberField("late µs", micros(t.lateNanos()));
        endArgs();
      }
      case TraceEvent.Overflow o -> {
        instant("overflow", o.processor(), o.startNanos());
        json.writeNumberField("tasks", o.tasks());
        endArgs();
      }
      case TraceEvent.Wake w -> {
        // By the track of the woken if the waker was no carrier.
        instant(
            "wake P" + Places.processor(w.woken()),
            w.waker() < 0 ? w.woken() : w.waker(),
            w.startNanos());
        json.writeNumberField("waker", Places.processor(w.waker()));
        endArgs();
      }
      case TraceEvent.Depth d -> depth(d);
      case TraceEvent.Created c -> {}
      case TraceEvent.NetworkWait n -> {}
      case TraceEvent.DataLoss l -> {
        begin("i", "Flight Recorder lost events", POLLER, SYSMON_TRACK, l.startNanos());
        json.writeStringField("s", "g");
        json.writeObjectFieldStart("args");
        json.writeNumberField("bytes", l.bytes());
        endArgs();
      }
    }
  }

  private void slice(Slice s) throws IOException {
    processor(s.processor());
    String name = s.taskName().isEmpty() ? "task #" + s.taskId() : s.taskName();
    begin("X", name, pid(PROCESSORS, s.processor()), track(s.processor()), s.startNanos());
    duration(s.runNanos());
    json.writeStringField("cat", "run");
    json.writeObjectFieldStart("args");
    json.writeNumberField("task", s.taskId());
    json.writeStringField("waited for", s.waitedFor().word);
    json.writeNumberField("waited µs", micros(s.waitedNanos()));
    json.writeNumberField("runnable µs", micros(s.runnableNanos()));
    if (s.seenNanos() > 0) {
      json.writeNumberField("seen to queued µs", micros(s.seenNanos()));
    }
    json.writeStringField("readier", s.readier().word);
    if (s.readierTaskId() != 0) {
      json.writeNumberField("readier task", s.readierTaskId());
    }
    json.writeStringField("end", s.end().word);
    if (s.endFd() >= 0) {
      json.writeNumberField("fd", s.endFd());
    }
    if (s.endPeer() != null) {
      json.writeStringField("peer", s.endPeer());
    }
    endArgs();
    if (s.carrierId() >= 0) {
      carriers.putIfAbsent(s.carrierId(), Places.runtime(s.processor()));
      begin("X", name, pid(CARRIERS, s.processor()), s.carrierId(), s.startNanos());
      duration(s.runNanos());
      json.writeEndObject();
    }
    arrow(s);
  }

  private void arrow(Slice s) throws IOException {
    if (s.runnableNanos() < 0) {
      return;
    }
    if (s.readiedByPoller()) {
      boolean sysmon = s.readier() == Readier.SYSMON;
      int track = sysmon ? SYSMON_TRACK : POLLER_TRACK;
      flow(s, pid(POLLER, s.processor()), track, s.seenAtNanos());
    } else if (s.readierProcessor() >= 0 && s.readier() != Readier.YIELD) {
      processor(s.readierProcessor());
      int process = pid(PROCESSORS, s.readierProcessor());
      flow(s, process, track(s.readierProcessor()), s.queuedNanos());
    }
  }

  private void flow(Slice s, int fromProcess, long fromTrack, long fromNanos) throws IOException {
    long id = ++flows;
    begin("s", "readied", fromProcess, fromTrack, fromNanos);
    json.writeStringField("cat", "readied");
    json.writeNumberField("id", id);
    json.writeEndObject();
    begin("f", "readied", pid(PROCESSORS, s.processor()), track(s.processor()), s.startNanos());
    json.writeStringField("cat", "readied");
    json.writeNumberField("id", id);
    json.writeStringField("bp", "e");
    json.writeEndObject();
  }

  private void poll(TraceEvent.Poll p) throws IOException {
    String name = p.blocking() ? "blocking poll" : "poll";
    int track = p.processor() < 0 ? SYSMON_TRACK : POLLER_TRACK;
    begin("X", name, pid(POLLER, p.processor()), track, p.startNanos());
    duration(p.pollNanos());
    json.writeObjectFieldStart("args");
    json.writeNumberField("processor", Places.processor(p.processor()));
    json.writeNumberField("timeout µs", micros(p.timeoutNanos()));
    json.writeNumberField("events", p.events());
    json.writeNumberField("readied", p.readied());
    json.writeBooleanField("woken up", p.wokenUp());
    endArgs();
  }

  private void depth(TraceEvent.Depth d) throws IOException {
    String queue =
        d.processor() < 0 ? "global queue" : "queue of P" + Places.processor(d.processor());
    counter(d, queue, d.depth());
    if (d.processor() < 0) {
      counter(d, "runnable tasks", d.runnable());
    }
  }

  private void counter(TraceEvent.Depth d, String name, int value) throws IOException {
    processor(d.processor());
    begin("C", name, pid(PROCESSORS, d.processor()), 0, d.startNanos());
    json.writeObjectFieldStart("args");
    json.writeNumberField("tasks", value);
    endArgs();
  }

  /** An instant on a processor's track, or on sysmon's for none; leaves the args open. */
  private void instant(String name, int processor, long nanos) throws IOException {
    processor(processor);
    if (processor < 0) {
      begin("i", name, pid(POLLER, processor), SYSMON_TRACK, nanos);
    } else {
      begin("i", name, pid(PROCESSORS, processor), track(processor), nanos);
    }
    json.writeStringField("s", "t");
    json.writeObjectFieldStart("args");
  }

  private void begin(String phase, String name, int process, long track, long nanos)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", phase);
    json.writeStringField("name", name);
    json.writeNumberField("pid", process);
    json.writeNumberField("tid", track);
    json.writeNumberField("ts", micros(nanos));
  }

  private void duration(long nanos) throws IOException {
    json.writeNumberField("dur", micros(nanos));
  }

  private void endArgs() throws IOException {
    json.writeEndObject();
    json.writeEndObject();
  }

  /** The format counts in microseconds; as a decimal no nanosecond is lost. */
  private static BigDecimal micros(long nanos) {
    return BigDecimal.valueOf(nanos, 3);
  }

  /** The "process" for tracks of one kind, of the runtime of a processor. */
  private static int pid(int kind, int place) {
    return KINDS * Places.runtime(place) + kind;
  }

  /** Track ids begin with 1, as 0 is taken for "none". */
  private static int track(int place) {
    return Places.processor(place) + 1;
  }

  private void processor(int place) {
    processors.add(place);
  }

  /** What the runtimes are called; comes before closing. */
  void name(List<String> names) {
    runtimes = names;
  }

  private void names() throws IOException {
    process(0);
    for (int runtime = 1; runtime < runtimes.size(); runtime++) {
      process(runtime);
    }
    for (int place : processors) {
      if (place >= 0) {
        int number = Places.processor(place);
        thread(pid(PROCESSORS, place), track(place), "P" + number, number);
      }
    }
    int order = 0;
    for (Map.Entry<Long, Integer> carrier : carriers.entrySet()) {
      long id = carrier.getKey();
      thread(KINDS * carrier.getValue() + CARRIERS, id, "carrier " + id, ++order);
    }
  }

  private void process(int runtime) throws IOException {
    String of = runtimes.size() < 2 ? "" : " of " + runtimes.get(runtime);
    int base = KINDS * runtime;
    process(base + PROCESSORS, "processors" + of);
    process(base + POLLER, "poller and sysmon" + of);
    process(base + CARRIERS, "carriers" + of);
    thread(base + POLLER, POLLER_TRACK, "poller", 0);
    thread(base + POLLER, SYSMON_TRACK, "sysmon", 1);
  }

  private void process(int process, String name) throws IOException {
    metadata("process_name", process, 0);
    json.writeStringField("name", name);
    endArgs();
    metadata("process_sort_index", process, 0);
    json.writeNumberField("sort_index", process);
    endArgs();
  }

  private void thread(int process, long track, String name, int order) throws IOException {
    metadata("thread_name", process, track);
    json.writeStringField("name", name);
    endArgs();
    metadata("thread_sort_index", process, track);
    json.writeNumberField("sort_index", order);
    endArgs();
  }

  private void metadata(String what, int process, long track) throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", "M");
    json.writeStringField("name", what);
    json.writeNumberField("pid", process);
    json.writeNumberField("tid", track);
    json.writeObjectFieldStart("args");
  }

  /** Ends the document; a second call does nothing. */
  @Override
  public void close() throws IOException {
    if (!json.isClosed()) {
      names();
      json.writeEndArray();
      json.writeEndObject();
      json.close();
    }
  }
}
