package dev.heddle.trace;

import dev.heddle.trace.ChunkScan.TickClock;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/** Turns an event of a recording into ours, by the names of {@code dev.heddle.scheduler.events}. */
final class EventDecoder {
  static final String PREFIX = "dev.heddle.";
  private static final String DATA_LOSS = "jdk.DataLoss";
  private static final int MAX_FRAMES = 32;

  /** Names and addresses repeat; a slot a hash is enough to keep most of them once. */
  private static final int CACHE_SLOTS = 1 << 13;

  private final TickClock clock;
  private final Places places = new Places();
  private final @Nullable String[] cache = new @Nullable String[CACHE_SLOTS];

  EventDecoder(TickClock clock) {
    this.clock = clock;
  }

  /**
   * The event in our words, null if it is none of ours.
   *
   * @throws IllegalArgumentException if a field is missing: recorded by another version
   */
  @Nullable TraceEvent decode(RecordedEvent e) {
    String type = e.getEventType().getName();
    if (!type.startsWith(PREFIX)) {
      return ofJdk(type, e);
    }
    return switch (type.substring(PREFIX.length())) {
      case "RunSlice" -> slice(e);
      case "TaskCreated" ->
          new TraceEvent.Created(start(e), e.getLong("taskId"), name(e), e.getLong("parentTaskId"));
      case "MonopolyStack" ->
          new TraceEvent.Monopoly(
              start(e),
              e.getLong("taskId"),
              name(e),
              place(e, "processor"),
              e.getLong("ranNanos"),
              text(e.getString("stack")));
      case "BlockedStack" ->
          new TraceEvent.Blocked(
              start(e),
              e.getLong("taskId"),
              name(e),
              Stop.of(e.getString("waitsFor")),
              e.getLong("waitedNanos"),
              text(once(e.getString("blockerClass"))),
              e.getInt("blockerId"),
              e.getLong("ownerId"),
              text(once(e.getString("ownerName"))),
              text(e.getString("stack")),
              text(e.getString("ownerStack")));
      case "AcceptPaused" ->
          new TraceEvent.AcceptPaused(
              start(e),
              span(e),
              e.getLong("taskId"),
              name(e),
              text(e.getString("listener")),
              text(e.getString("reason")));
      case "ConnectFailed" ->
          new TraceEvent.ConnectFailed(
              start(e),
              span(e),
              e.getLong("taskId"),
              name(e),
              text(e.getString("address")),
              text(e.getString("reason")));
      case "TlsHandshake" ->
          new TraceEvent.Handshake(
              start(e),
              span(e),
              e.getLong("taskId"),
              name(e),
              text(e.getString("peer")),
              e.getBoolean("server"),
              text(e.getString("failure")));
      case "Span" ->
          new TraceEvent.UserSpan(
              start(e),
              span(e),
              e.getLong("spanId"),
              e.getLong("parentId"),
              text(once(e.getString("kind"))),
              text(once(e.getString("spanName"))),
              e.getLong("taskId"),
              name(e),
              e.getLong("ranNanos"),
              e.getLong("runnableNanos"),
              e.getLong("networkNanos"),
              e.getLong("blockedNanos"),
              e.getLong("asleepNanos"));
      case "SpanLog" ->
          new TraceEvent.SpanLog(start(e), e.getLong("spanId"), text(e.getString("message")));
      case "CarrierTime" ->
          new TraceEvent.CarrierTime(
              start(e),
              place(e, "processor"),
              e.getLong("spanNanos"),
              e.getLong("ranNanos"),
              e.getLong("preemptedNanos"));
      case "NetworkWait" ->
          new TraceEvent.NetworkWait(
              start(e),
              span(e),
              e.getLong("taskId"),
              name(e),
              Stop.of(e.getString("operation")),
              e.getString("peer"),
              stack(e.getStackTrace()));
      case "Poll" ->
          new TraceEvent.Poll(
              start(e),
              span(e),
              threadId(e),
              place(e, "processor"),
              e.getLong("timeoutNanos"),
              e.getInt("events"),
              e.getInt("readied"),
              e.getBoolean("wokenUp"));
      case "Steal" ->
          new TraceEvent.Steal(start(e), place(e, "thief"), place(e, "victim"), e.getInt("tasks"));
      case "Handoff" ->
          new TraceEvent.Handoff(
              start(e),
              place(e, "from"),
              place(e, "to"),
              e.getLong("taskId"),
              name(e),
              text(e.getString("reason")));
      case "ProcessorIdle" ->
          new TraceEvent.Idle(start(e), span(e), place(e, "processor"), e.getBoolean("inPoller"));
      case "Wake" -> new TraceEvent.Wake(start(e), place(e, "waker"), place(e, "woken"));
      case "Overflow" ->
          new TraceEvent.Overflow(start(e), place(e, "processor"), e.getInt("tasks"));
      case "TimerFired" ->
          new TraceEvent.TimerFired(start(e), place(e, "processor"), e.getLong("lateNanos"));
      case "SysmonRound" ->
          new TraceEvent.Sysmon(
              start(e),
              span(e),
              places.of(e.getInt("runtime"), -1),
              e.getLong("sleptNanos"),
              e.getBoolean("polled"),
              e.getInt("retaken"));
      case "QueueDepth" ->
          new TraceEvent.Depth(
              start(e), place(e, "processor"), e.getInt("depth"), e.getInt("runnable"));
      default -> null;
    };
  }

  private @Nullable TraceEvent ofJdk(String type, RecordedEvent e) {
    return switch (type) {
      case DATA_LOSS -> new TraceEvent.DataLoss(start(e), e.getLong("amount"));
      case "jdk.GCPhasePause" ->
          new TraceEvent.Pause(
              start(e),
              span(e),
              "garbage collection" + inBrackets(text(e.getString("name"))),
              e.getInt("gcId"));
      case "jdk.GCCPUTime" ->
          new TraceEvent.CollectionTime(
              start(e), e.getInt("gcId"), e.getLong("userTime") + e.getLong("systemTime"));
      case "jdk.ExecuteVMOperation" -> vmOperation(e);
      case "jdk.FileRead" -> held(e, "read", text(e.getString("path")));
      case "jdk.FileWrite" -> held(e, "write", text(e.getString("path")));
      case "jdk.FileForce" -> held(e, "force", text(e.getString("path")));
      case "jdk.VirtualThreadPinned" -> held(e, "pinned", "");
      case "jdk.Compilation" -> {
        RecordedMethod method = e.getValue("method");
        yield new TraceEvent.Compilation(
            start(e),
            span(e),
            method == null ? "" : method.getType().getName() + "." + method.getName());
      }
      case "jdk.CPULoad" ->
          new TraceEvent.Load(
              start(e),
              e.getFloat("jvmUser") + e.getFloat("jvmSystem"),
              e.getFloat("machineTotal"));
      case "jdk.ContainerCPUThrottling" ->
          new TraceEvent.Throttled(
              start(e), e.getLong("cpuThrottledSlices"), e.getLong("cpuThrottledTime"));
      default -> null;
    };
  }

  /** One that stops all threads; a collection has its own event. */
  private TraceEvent.@Nullable Pause vmOperation(RecordedEvent e) {
    String operation = text(e.getString("operation"));
    boolean collects =
        operation.contains("Collect") || operation.startsWith("G1") || operation.startsWith("GC");
    return !e.getBoolean("safepoint") || collects
        ? null
        : new TraceEvent.Pause(start(e), span(e), "safepoint" + inBrackets(operation));
  }

  private TraceEvent.HeldCall held(RecordedEvent e, String what, String path) {
    RecordedThread thread = e.getThread();
    String name = thread == null ? null : thread.getJavaName();
    return new TraceEvent.HeldCall(
        start(e),
        span(e),
        threadId(e),
        name == null ? "" : name,
        what,
        path,
        stack(e.getStackTrace()));
  }

  private static String inBrackets(String text) {
    return text.isEmpty() ? "" : " (" + text + ")";
  }

  private TraceEvent.Slice slice(RecordedEvent e) {
    return new TraceEvent.Slice(
        start(e),
        span(e),
        e.getLong("taskId"),
        name(e),
        e.getLong("sliceNumber"),
        place(e, "processor"),
        e.getLong("carrierId"),
        e.getLong("waitedNanos"),
        Stop.of(e.getString("waitedFor")),
        e.getLong("runnableNanos"),
        e.getLong("ranNanos"),
        e.getLong("ageNanos"),
        e.getLong("seenNanos"),
        Readier.of(e.getString("readier")),
        e.getLong("readierTaskId"),
        place(e, "readierProcessor"),
        Stop.of(e.getString("end")),
        e.getInt("endFd"),
        once(e.getString("endPeer")));
  }

  private int place(RecordedEvent e, String field) {
    int runtime = e.getInt("runtime");
    int place = places.of(runtime, e.getInt(field));
    if (places.isNameless(runtime)) {
      RecordedThread thread = e.getThread();
      String name = thread == null ? null : thread.getJavaName();
      places.learnName(runtime, name == null ? "" : name);
    }
    return place;
  }

  /** The runtimes seen so far, by index. */
  List<String> runtimes() {
    return places.names();
  }

  private long start(RecordedEvent e) {
    return clock.sinceStart(e.getLong("startTime")); // The raw field: ticks.
  }

  private long span(RecordedEvent e) {
    return Math.max(0, clock.span(e.getLong("duration")));
  }

  private String name(RecordedEvent e) {
    String name = once(e.getString("taskName"));
    return name == null ? "" : name;
  }

  private @Nullable String once(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int slot = (text.hashCode() * 0x9e3779b9) >>> (Integer.SIZE - 13);
    if (!text.equals(cache[slot])) {
      cache[slot] = text;
    }
    return cache[slot];
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static long threadId(RecordedEvent e) {
    RecordedThread thread = e.getThread();
    return thread == null ? -1 : thread.getJavaThreadId();
  }

  /** The frames of lambdas, and those below a thread's body, which say nothing. */
  private static boolean isPlumbing(RecordedMethod method) {
    String type = method.getType().getName();
    return method.isHidden()
        || type.contains("$$Lambda")
        || type.startsWith("java.lang.VirtualThread$")
        || type.startsWith("jdk.internal.vm.Continuation");
  }

  private static String stack(@Nullable RecordedStackTrace trace) {
    if (trace == null) {
      return "";
    }
    List<RecordedFrame> frames = trace.getFrames();
    var text = new StringBuilder();
    for (RecordedFrame frame : frames.subList(0, Math.min(MAX_FRAMES, frames.size()))) {
      RecordedMethod method = frame.getMethod();
      if (!frame.isJavaFrame() || method == null || isPlumbing(method)) {
        continue;
      }
      if (!text.isEmpty()) {
        text.append('\n');
      }
      text.append(method.getType().getName()).append('.').append(method.getName());
      if (frame.getLineNumber() > 0) {
        text.append(':').append(frame.getLineNumber());
      }
    }
    return text.toString();
  }
}
