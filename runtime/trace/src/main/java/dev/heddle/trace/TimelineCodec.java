package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Packs a timeline into bytes for the page: column after column of small numbers, which {@code
 * data.js} reads in the same order.
 *
 * <p>A number is written 7 bits a byte, low first; a signed one zigzag (0, −1, 1, −2 …); a value
 * that may be missing is one greater, 0 for missing. A place is signed, as {@link Places} has the
 * processors of all runtimes from 0 on and what is none of them below. Moments are differences to
 * the moment before. Words are numbers in a table of strings. Columns of like numbers compress
 * well: a slice takes about 10 to 25 bytes in the page.
 */
final class TimelineCodec {
  private final Timeline timeline;
  private final TimelineLinks links;
  private final Varints out = new Varints();
  private final Strings strings = new Strings();
  private final Map<Long, Integer> taskIndex = new HashMap<>();
  private final List<Long> taskIds = new ArrayList<>();
  private final List<String> taskNames = new ArrayList<>();
  private final Map<Long, TraceEvent.Created> creations = new HashMap<>();

  /** Texts, each kept once. */
  private static final class Strings {
    private final Map<String, Integer> index = new HashMap<>();
    private final List<String> list = new ArrayList<>();

    int of(String text) {
      Integer known = index.get(text);
      if (known == null) {
        known = list.size();
        index.put(text, known);
        list.add(text);
      }
      return known;
    }
  }

  private TimelineCodec(Timeline timeline, TimelineLinks links) {
    this.timeline = timeline;
    this.links = links;
  }

  static byte[] encode(Timeline timeline, TimelineLinks links) {
    return new TimelineCodec(timeline, links).encode();
  }

  private byte[] encode() {
    // First, so that the numbers of these fit the page's byte columns.
    for (Stop stop : Stop.values()) {
      strings.of(stop.word);
    }
    for (Readier readier : Readier.values()) {
      strings.of(readier.word);
    }
    collectTasks();
    slices();
    polls();
    sysmon();
    idles();
    depths();
    marks();
    tasks();
    // Encoded last, when all are known, and put first, where the page needs them.
    var texts = new Varints();
    texts.number(strings.list.size());
    strings.list.forEach(texts::text);
    var all = new Varints();
    all.append(texts);
    all.append(out);
    return all.toBytes();
  }

  private void collectTasks() {
    for (TraceEvent.Created created : timeline.created) {
      creations.put(created.taskId(), created);
      task(created.taskId(), created.taskName());
    }
    for (Slice slice : timeline.slices) {
      task(slice.taskId(), slice.taskName());
    }
  }

  private int task(long id, String name) {
    Integer index = taskIndex.get(id);
    if (index == null) {
      index = taskIds.size();
      taskIndex.put(id, index);
      taskIds.add(id);
      taskNames.add(name);
    }
    return index;
  }

  private int taskOrNone(long id) {
    return taskIndex.getOrDefault(id, -1);
  }

  private void slices() {
    List<Slice> slices = timeline.slices;
    var processors = new TreeMap<Integer, Integer>();
    slices.forEach(s -> processors.merge(s.processor(), 1, Integer::sum));
    timeline.idles.forEach(i -> processors.putIfAbsent(i.processor(), 0));
    out.number(processors.size());
    processors.forEach(
        (processor, count) -> {
          out.number(processor);
          out.number(count);
          out.optional(timeline.carrierOf(processor));
        });
    out.number(slices.size());
    moments(slices, Slice::processor);
    column(slices, Slice::runNanos);
    column(slices, s -> taskOrNone(s.taskId()));
    column(slices, s -> s.waitedNanos() + 1);
    column(slices, s -> s.runnableNanos() + 1);
    column(slices, Slice::seenNanos);
    column(slices, s -> strings.of(s.waitedFor().word));
    column(slices, s -> strings.of(s.readier().word));
    column(slices, s -> strings.of(s.end().word));
    column(slices, s -> taskOrNone(s.readierTaskId()) + 1);
    for (int i = 0; i < slices.size(); i++) {
      int from = links.readierSlice[i];
      out.optionalSigned(from != TimelineLinks.NONE, i - from);
    }
    int previous = 0;
    for (int i = 0; i < slices.size(); i++) {
      int poll = links.readierPoll[i];
      out.optionalSigned(poll != TimelineLinks.NONE, poll - previous);
      previous = poll == TimelineLinks.NONE ? previous : poll;
    }
    column(slices, s -> s.endFd() + 1L);
    column(slices, s -> s.endPeer() == null ? 0 : strings.of(s.endPeer()) + 1);
  }

  private void polls() {
    List<TraceEvent.Poll> polls = timeline.polls;
    out.number(polls.size());
    moments(polls, p -> 0);
    column(polls, TraceEvent.Poll::pollNanos);
    places(polls, TraceEvent.Poll::processor);
    column(polls, p -> p.timeoutNanos() < 0 ? 0 : p.timeoutNanos() + 1);
    column(polls, TraceEvent.Poll::events);
    column(polls, TraceEvent.Poll::readied);
    column(polls, p -> p.wokenUp() ? 1 : 0);
  }

  private void sysmon() {
    List<TraceEvent.Sysmon> rounds = timeline.sysmon;
    out.number(rounds.size());
    moments(rounds, r -> 0);
    column(rounds, TraceEvent.Sysmon::roundNanos);
    places(rounds, TraceEvent.Sysmon::place);
    column(rounds, TraceEvent.Sysmon::sleptNanos);
    column(rounds, r -> r.polled() ? 1 : 0);
    column(rounds, TraceEvent.Sysmon::retaken);
  }

  private void idles() {
    List<TraceEvent.Idle> idles = timeline.idles;
    out.number(idles.size());
    column(idles, TraceEvent.Idle::processor);
    moments(idles, TraceEvent.Idle::processor);
    column(idles, TraceEvent.Idle::idleNanos);
    column(idles, i -> i.inPoller() ? 1 : 0);
  }

  private void depths() {
    List<TraceEvent.Depth> depths = timeline.depths;
    out.number(depths.size());
    moments(depths, d -> 0);
    places(depths, TraceEvent.Depth::processor);
    column(depths, TraceEvent.Depth::depth);
    column(depths, TraceEvent.Depth::runnable);
  }

  /** Kind, place, the other place or a count, task, text. */
  private void marks() {
    List<TraceEvent> marks = timeline.marks;
    out.number(marks.size());
    moments(marks, m -> 0);
    for (TraceEvent mark : marks) {
      switch (mark) {
        case TraceEvent.Steal s -> mark("steal", s.thief(), s.victim(), s.tasks(), -1, "");
        case TraceEvent.Handoff h ->
            mark("handoff", h.from(), h.to(), 0, taskOrNone(h.taskId()), h.reason());
        case TraceEvent.Monopoly m ->
            mark("monopoly", m.processor(), -1, m.ranNanos(), taskOrNone(m.taskId()), m.stack());
        case TraceEvent.TimerFired t -> mark("timer", t.processor(), -1, t.lateNanos(), -1, "");
        case TraceEvent.Overflow o -> mark("overflow", o.processor(), -1, o.tasks(), -1, "");
        case TraceEvent.Wake w -> mark("wake", w.woken(), w.waker(), 0, -1, "");
        case TraceEvent.DataLoss l -> mark("loss", -1, -1, l.bytes(), -1, "");
        case TraceEvent.Blocked b ->
            mark(
                "blocked",
                -1,
                taskOrNone(b.ownerId()),
                b.waitedNanos(),
                taskOrNone(b.taskId()),
                blocked(b));
        case TraceEvent.Pause p -> mark("pause", -1, -1, p.pauseNanos(), -1, p.why());
        default -> throw new IllegalStateException("no mark: " + mark);
      }
    }
  }

  /**
   * What it waits for, a line; then where; then, if its owner was seen, an empty line and where.
   */
  private static String blocked(TraceEvent.Blocked b) {
    String what = b.blockerClass().isEmpty() ? b.waitsFor().word : b.blockerClass();
    String owner = b.ownerStack().isEmpty() ? "" : "\n\n" + b.ownerStack();
    return what + "\n" + b.stack() + owner;
  }

  private void mark(String kind, int processor, int other, long value, int task, String text) {
    out.number(strings.of(kind));
    out.signed(processor);
    out.signed(other);
    out.number(Math.max(0, value));
    out.optional(task);
    out.number(strings.of(text));
  }

  private void tasks() {
    out.number(taskIds.size());
    long previous = 0;
    for (long id : taskIds) {
      out.signed(id - previous);
      previous = id;
    }
    for (String name : taskNames) {
      out.number(strings.of(name));
    }
    for (long id : taskIds) {
      TraceEvent.Created created = creations.get(id);
      out.optional(created == null ? -1 : taskOrNone(created.parentTaskId()));
    }
    previous = 0;
    for (long id : taskIds) {
      TraceEvent.Created created = creations.get(id);
      out.optionalSigned(created != null, created == null ? 0 : created.startNanos() - previous);
      previous = created == null ? previous : created.startNanos();
    }
  }

  /** A column of moments: differences to the one before, from 0 again in every group. */
  private <T extends TraceEvent> void moments(List<T> list, ToLongFunction<T> group) {
    long previous = 0;
    long previousGroup = Long.MIN_VALUE;
    for (T element : list) {
      long thisGroup = group.applyAsLong(element);
      if (thisGroup != previousGroup) {
        previous = 0;
        previousGroup = thisGroup;
      }
      out.signed(element.startNanos() - previous);
      previous = element.startNanos();
    }
  }

  private <T> void places(List<T> list, ToLongFunction<T> place) {
    for (T element : list) {
      out.signed(place.applyAsLong(element));
    }
  }

  private <T> void column(List<T> list, ToLongFunction<T> value) {
    for (T element : list) {
      out.number(Math.max(0, value.applyAsLong(element)));
    }
  }
}
