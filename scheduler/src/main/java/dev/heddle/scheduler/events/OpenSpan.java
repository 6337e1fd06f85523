package dev.heddle.scheduler.events;

import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A span of the user's between its begin and its end; exists only while a recording runs.
 *
 * <p>A task has a stack of open spans, linked from the innermost on. It hands the innermost to the
 * tasks that it starts, so theirs are parts of it. A span may end in another task, and in any
 * order: one that has ended is passed over.
 */
public final class OpenSpan {
  private static final AtomicLong IDS = new AtomicLong();
  private static final Span PROBE = new Span();

  private static final List<Watcher> WATCHERS = new CopyOnWriteArrayList<>();

  private final Span event;
  private final long begunNanos = Clock.nanoTime();
  private final @Nullable TracedTask task;
  private final @Nullable OpenSpan parent;
  private final @Nullable Split before;
  private volatile boolean ended; // set once, by the thread that ends it

  private OpenSpan(Span event, @Nullable TracedTask task) {
    this.event = event;
    this.task = task;
    this.parent = task == null ? null : innermost(task);
    this.before = task == null ? null : SliceRecorder.split(task, Clock.nanoTime());
  }

  /**
   * Where the time of a task has gone since it was first recorded, in nanoseconds; sums up to its
   * age.
   */
  record Split(long ran, long runnable, long network, long blocked, long asleep) {}

  /** Is told of each span of kind "task" that ends, on the thread that ends it; must be quick. */
  @FunctionalInterface
  public interface Watcher {
    void ended(String name, long nanos);
  }

  /** From now on {@code watcher} is told. */
  public static void watch(Watcher watcher) {
    WATCHERS.add(watcher);
  }

  /** It is not told any more; nothing happens if it was not. */
  public static void unwatch(Watcher watcher) {
    WATCHERS.remove(watcher);
  }

  /** Whether spans are recorded: folded away by the JIT while Flight Recorder is not in use. */
  public static boolean isOn() {
    return PROBE.isEnabled();
  }

  /**
   * Begins a span in the calling task or thread.
   *
   * @param kind "task" or "region"
   */
  public static OpenSpan begin(String kind, String name) {
    var event = new Span();
    event.spanId = IDS.incrementAndGet();
    event.kind = kind;
    event.spanName = name;
    TracedTask task = currentTask();
    var span = new OpenSpan(event, task);
    event.parentId = span.parent == null ? 0 : span.parent.event.spanId;
    event.taskId = Thread.currentThread().threadId();
    event.taskName = task == null ? Thread.currentThread().getName() : task.label();
    if (task != null) {
      task.span = span;
    }
    event.begin();
    return span;
  }

  /** Ends the span; a second call does nothing. */
  public void end() {
    if (ended) {
      return;
    }
    event.end();
    ended = true;
    TracedTask current = currentTask();
    if (current != null && current == task) {
      addSplit(current);
      current.span = innermost(current);
    }
    event.commit();
    if (event.kind.equals("task") && !WATCHERS.isEmpty()) {
      long nanos = Clock.nanoTime() - begunNanos;
      WATCHERS.forEach(watcher -> watcher.ended(event.spanName, nanos));
    }
  }

  private void addSplit(TracedTask current) {
    Split after = SliceRecorder.split(current, Clock.nanoTime());
    if (before != null && after != null && after.ran >= before.ran) {
      event.ranNanos = after.ran - before.ran;
      event.runnableNanos = after.runnable - before.runnable;
      event.networkNanos = after.network - before.network;
      event.blockedNanos = after.blocked - before.blocked;
      event.asleepNanos = after.asleep - before.asleep;
    }
  }

  /** Writes a line into the span that the caller is in. */
  public static void log(String message) {
    var event = new SpanLog();
    if (event.isEnabled()) {
      TracedTask task = currentTask();
      OpenSpan span = task == null ? null : innermost(task);
      event.spanId = span == null ? 0 : span.event.spanId;
      event.message = message;
      event.commit();
    }
  }

  /** The innermost span of a task that has not ended. */
  static @Nullable OpenSpan innermost(TracedTask task) {
    OpenSpan span = task.span;
    while (span != null && span.ended) {
      span = span.parent;
    }
    return span;
  }

  private static @Nullable TracedTask currentTask() {
    return Thread.currentThread().isVirtual()
            && VirtualThreads.currentCarrier() instanceof TracedThread carrier
        ? carrier.running()
        : null;
  }
}
