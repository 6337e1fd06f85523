package dev.heddle.scheduler.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a thread has been on a CPU, and how long it waited for one, from Linux's {@code
 * schedstat}.
 */
final class CarrierClock {
  private static final Path SELF = Path.of("/proc/thread-self");

  private final Path times;
  private final Path state;
  private long ranNanos = -1; // the sampling thread's own, as the next three
  private long preemptedNanos;
  private long atNanos;

  /** What was called preemption before the system did: it counts a wait when that is over. */
  private long advancedNanos;

  private CarrierClock(Path times, Path state) {
    this.times = times;
    this.state = state;
  }

  /** A clock of the calling platform thread; null where the system does not say. */
  static @Nullable CarrierClock ofCurrent() {
    try {
      Path thread = SELF.resolveSibling(Files.readSymbolicLink(SELF));
      Path times = thread.resolve("schedstat");
      return Files.isReadable(times) ? new CarrierClock(times, thread.resolve("stat")) : null;
    } catch (IOException | RuntimeException e) {
      return null; // Not Linux, or no /proc.
    }
  }

  /** What happened since the call before. */
  record Spans(long spanNanos, long ranNanos, long preemptedNanos) {}

  /** Null the first time, and if the thread has ended. One thread at a time. */
  @Nullable Spans sinceLast(long nowNanos) {
    try {
      String[] words = read(times).strip().split(" ", -1);
      return since(Long.parseLong(words[0]), Long.parseLong(words[1]), nowNanos);
    } catch (IOException | RuntimeException e) {
      return null; // It ended, or there is no descriptor left.
    }
  }

  private @Nullable Spans since(long ran, long preempted, long nowNanos) throws IOException {
    boolean first = ranNanos < 0;
    long span = nowNanos - atNanos;
    long ranSpan = ran - ranNanos;
    long preemptedSpan = preempted - preemptedNanos;
    long known = Math.min(advancedNanos, preemptedSpan);
    preemptedSpan -= known;
    advancedNanos -= known;
    if (!first && ranSpan == 0 && preemptedSpan == 0 && isRunnable()) {
      preemptedSpan = span;
      advancedNanos += span;
    }
    ranNanos = ran;
    preemptedNanos = preempted;
    atNanos = nowNanos;
    return first ? null : new Spans(span, ranSpan, preemptedSpan);
  }

  /** Whether the thread would run if it were given a CPU: the state after the name in brackets. */
  private boolean isRunnable() throws IOException {
    String text = read(state);
    return text.startsWith("R", text.lastIndexOf(')') + 2);
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
  }
}
