package dev.heddle.trace;

import static dev.heddle.trace.ChromeTraceWriter.ASYNC_BEGIN;
import static dev.heddle.trace.ChromeTraceWriter.ASYNC_END;
import static dev.heddle.trace.ChromeTraceWriter.COMPLETE;
import static dev.heddle.trace.ChromeTraceWriter.COUNTER;
import static dev.heddle.trace.ChromeTraceWriter.FLOW_FINISH;
import static dev.heddle.trace.ChromeTraceWriter.FLOW_START;
import static dev.heddle.trace.ChromeTraceWriter.INSTANT;

import dev.heddle.trace.TraceEvent.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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
public final class PerfettoWriter implements Closeable {
  /** A "process" beside those of the runtimes. */
  private static final int SPANS = 1 << 20;

  private static final int PROCESSORS = 1;
  private static final int POLLER = 2;
  private static final int CARRIERS = 3;
  private static final int KINDS = 3;
  private static final int POLLER_TRACK = 1;
  private static final int PAUSES_TRACK = 3; // of the JVM: one for all runtimes
  private static final int SYSMON_TRACK = 2;

  /** As short as can be: the carrier goes on at once. */
  private static final long TIMER_NANOS = 1;

  private final ChromeTraceWriter out;

  /** The processors seen, of all runtimes, as {@link Places} numbers them. */
  private final Set<Integer> processors = new TreeSet<>();

  private final Map<Long, Integer> carriers = new LinkedHashMap<>(); // with their runtime
  private List<String> runtimes = List.of();
  private long flows;
  private boolean hasSpans;

  /** Begins the file. */
  public PerfettoWriter(OutputStream out) throws IOException {
    this.out = new ChromeTraceWriter(out);
  }

  /** Writes one event. */
  public void accept(TraceEvent event) {
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
      case TraceEvent.Sysmon s -> round(s);
      case TraceEvent.Idle i -> idle(i);
      case TraceEvent.Steal s ->
          instant("steal from P" + Places.processor(s.victim()), s.thief(), s.startNanos())
              .argument("tasks", s.tasks())
              .end();
      case TraceEvent.Handoff h -> handoff(h);
      case TraceEvent.Monopoly m ->
          instant("monopoly", m.processor(), m.startNanos())
              .argument("task", m.taskName() + " #" + m.taskId())
              .argument("stack", m.stack())
              .end();
      case TraceEvent.TimerFired t ->
          instant("timer", t.processor(), t.startNanos())
              .argumentMicros("late µs", t.lateNanos())
              .end();
      case TraceEvent.Overflow o ->
          instant("overflow", o.processor(), o.startNanos()).argument("tasks", o.tasks()).end();
      case TraceEvent.Wake w -> wake(w);
      case TraceEvent.Depth d -> depth(d);
      case TraceEvent.Pause p ->
          out.begin(COMPLETE, p.why(), POLLER, PAUSES_TRACK, p.startNanos())
              .duration(p.pauseNanos())
              .end();
      case TraceEvent.UserSpan u -> span(u);
      case TraceEvent.AcceptPaused a ->
          out.begin(INSTANT, "accept paused", POLLER, POLLER_TRACK, a.startNanos())
              .field("s", "t")
              .argument("listener", a.listener())
              .argument("reason", a.reason())
              .argumentMicros("pause µs", a.pauseNanos())
              .end();
      case TraceEvent.ConnectFailed c ->
          out.begin(INSTANT, "connect failed", POLLER, POLLER_TRACK, c.endNanos())
              .field("s", "t")
              .argument("address", c.address())
              .argument("reason", c.reason())
              .argument("task", c.taskName() + " #" + c.taskId())
              .end();
      case TraceEvent.DataLoss l ->
          out.begin(INSTANT, "Flight Recorder lost events", POLLER, SYSMON_TRACK, l.startNanos())
              .field("s", "g")
              .argument("bytes", l.bytes())
              .end();
      default -> {} // Not on the timeline.
    }
  }

  /** Spans of several tasks overlap, so each has a track of its own, as viewers give async ones. */
  private void span(TraceEvent.UserSpan u) throws IOException {
    out.begin(ASYNC_BEGIN, u.spanName(), SPANS, 1, u.startNanos())
        .field("cat", u.kind())
        .field("id", u.spanId())
        .argument("task", u.taskName() + " #" + u.taskId())
        .argument("part of", u.parentId())
        .argumentMicros("running µs", u.runningNanos())
        .argumentMicros("runnable µs", u.runnableNanos())
        .argumentMicros("network µs", u.networkNanos())
        .argumentMicros("blocked µs", u.blockedNanos())
        .argumentMicros("asleep µs", u.asleepNanos())
        .end();
    out.begin(ASYNC_END, u.spanName(), SPANS, 1, u.endNanos())
        .field("cat", u.kind())
        .field("id", u.spanId())
        .end();
    hasSpans = true;
  }

  private void round(TraceEvent.Sysmon s) throws IOException {
    String name = s.polled() ? "round, polled" : "round";
    out.begin(COMPLETE, name, pid(POLLER, s.place()), SYSMON_TRACK, s.startNanos())
        .duration(s.roundNanos())
        .argumentMicros("slept µs", s.sleptNanos())
        .argument("polled", s.polled())
        .argument("retaken", s.retaken())
        .end();
  }

  private void idle(TraceEvent.Idle i) throws IOException {
    String name = i.inPoller() ? "in poller" : "idle";
    onProcessor(COMPLETE, name, i.processor(), i.startNanos())
        .duration(i.idleNanos())
        .field("cname", "grey")
        .end();
  }

  private void handoff(TraceEvent.Handoff h) throws IOException {
    String name = h.to() < 0 ? "handoff" : "handoff to P" + Places.processor(h.to());
    instant(name, h.from(), h.startNanos())
        .argument("reason", h.reason())
        .argument("task", h.taskName() + " #" + h.taskId())
        .end();
  }

  /** On the track of the woken if the waker was no carrier. */
  private void wake(TraceEvent.Wake w) throws IOException {
    int place = w.waker() < 0 ? w.woken() : w.waker();
    instant("wake P" + Places.processor(w.woken()), place, w.startNanos())
        .argument("waker", Places.processor(w.waker()))
        .end();
  }

  private void slice(Slice s) throws IOException {
    String name = s.taskName().isEmpty() ? "task #" + s.taskId() : s.taskName();
    onProcessor(COMPLETE, name, s.processor(), s.startNanos())
        .duration(s.runNanos())
        .field("cat", "run")
        .argument("task", s.taskId())
        .argument("waited for", s.waitedFor().word)
        .argumentMicros("waited µs", s.waitedNanos())
        .argumentMicros("runnable µs", s.runnableNanos());
    if (s.seenNanos() > 0) {
      out.argumentMicros("seen to queued µs", s.seenNanos());
    }
    out.argument("readier", s.readier().word);
    if (s.readierTaskId() != 0) {
      out.argument("readier task", s.readierTaskId());
    }
    out.argument("end", s.end().word);
    if (s.endFd() >= 0) {
      out.argument("fd", s.endFd());
    }
    if (s.endPeer() != null) {
      out.argument("peer", s.endPeer());
    }
    out.end();
    if (s.carrierId() >= 0) {
      carriers.putIfAbsent(s.carrierId(), Places.runtime(s.processor()));
      out.begin(COMPLETE, name, pid(CARRIERS, s.processor()), s.carrierId(), s.startNanos())
          .duration(s.runNanos())
          .end();
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
      processors.add(s.readierProcessor());
      int process = pid(PROCESSORS, s.readierProcessor());
      if (s.readier() == Readier.TIMER) {
        // No task runs while timers do, and viewers drop an arrow that begins outside of a slice.
        onProcessor(COMPLETE, "timer", s.readierProcessor(), s.queuedNanos())
            .duration(TIMER_NANOS)
            .end();
      }
      flow(s, process, track(s.readierProcessor()), s.queuedNanos());
    }
  }

  private void flow(Slice s, int fromProcess, long fromTrack, long fromNanos) throws IOException {
    long id = ++flows;
    out.begin(FLOW_START, "readied", fromProcess, fromTrack, fromNanos)
        .field("cat", "readied")
        .field("id", id)
        .end();
    onProcessor(FLOW_FINISH, "readied", s.processor(), s.startNanos())
        .field("cat", "readied")
        .field("id", id)
        .field("bp", "e")
        .end();
  }

  private void poll(TraceEvent.Poll p) throws IOException {
    String name = p.blocking() ? "blocking poll" : "poll";
    int track = p.processor() < 0 ? SYSMON_TRACK : POLLER_TRACK;
    out.begin(COMPLETE, name, pid(POLLER, p.processor()), track, p.startNanos())
        .duration(p.pollNanos())
        .argument("processor", Places.processor(p.processor()))
        .argumentMicros("timeout µs", p.timeoutNanos())
        .argument("events", p.events())
        .argument("readied", p.readied())
        .argument("woken up", p.wokenUp())
        .end();
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
    processors.add(d.processor());
    out.begin(COUNTER, name, pid(PROCESSORS, d.processor()), 0, d.startNanos())
        .argument("tasks", value)
        .end();
  }

  /** Begins an instant on a processor's track, or on sysmon's for none. */
  private ChromeTraceWriter instant(String name, int place, long nanos) throws IOException {
    var event =
        place < 0
            ? out.begin(INSTANT, name, pid(POLLER, place), SYSMON_TRACK, nanos)
            : onProcessor(INSTANT, name, place, nanos);
    return event.field("s", "t");
  }

  /** Begins an event on a processor's track. */
  private ChromeTraceWriter onProcessor(String phase, String name, int place, long nanos)
      throws IOException {
    processors.add(place);
    return out.begin(phase, name, pid(PROCESSORS, place), track(place), nanos);
  }

  /** The "process" for tracks of one kind, of the runtime of a processor. */
  private static int pid(int kind, int place) {
    return KINDS * Places.runtime(place) + kind;
  }

  /** Track ids begin with 1, as 0 is taken for "none". */
  private static int track(int place) {
    return Places.processor(place) + 1;
  }

  // ---- names of tracks, at the end

  /** What the runtimes are called; comes before closing. */
  public void name(List<String> names) {
    runtimes = names;
  }

  private void names() throws IOException {
    process(0);
    thread(POLLER, PAUSES_TRACK, "pauses of the JVM", 2);
    if (hasSpans) {
      process(SPANS, "spans");
      thread(SPANS, 1, "spans", 0);
    }
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
    out.about("process_name", process, 0).argument("name", name).end();
    out.about("process_sort_index", process, 0).argument("sort_index", process).end();
  }

  private void thread(int process, long track, String name, int order) throws IOException {
    out.about("thread_name", process, track).argument("name", name).end();
    out.about("thread_sort_index", process, track).argument("sort_index", order).end();
  }

  /** Ends the document; a second call does nothing. */
  @Override
  public void close() throws IOException {
    if (!out.isClosed()) {
      names();
      out.close();
    }
  }
}
