package dev.heddle.scheduler.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a thread has been on a CPU, and how long it waited for one, from Linux's {@code
 * schedstat}.
 *
 * <p>The recorder's thread reads it from time to time, and the thread itself around its long slices
 * ({@link #isDue}, {@link #isLong}), so that what the system did to such a slice is known and not
 * guessed from an average. Neither waits for the other.
 */
final class CarrierClock {
  private static final Path SELF = Path.of("/proc/thread-self");

  /** A slice of so long is looked at when it ends. */
  private static final long LONG_NANOS = 2_000_000;

  /** The system counts what a thread ran at its ticks, 100 to 1000 a second. */
  private static final long TICK_NANOS = 10_000_000;

  /**
   * Before a slice the clock is read if it was not for so long: the slice may become a long one.
   */
  private static final long OLD_NANOS = 5_000_000;

  private final Path times;
  private final Path state;
  private final ReentrantLock lock = new ReentrantLock(); // guards the fields below
  private long ranNanos = -1;
  private long preemptedNanos;
  private volatile long atNanos; // written under the lock

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

  /** Whether a slice that begins now wants it to be read before. */
  boolean isDue(long nowNanos) {
    return nowNanos - atNanos >= OLD_NANOS;
  }

  /** Whether a slice of so long wants it to be read after. */
  static boolean isLong(long sliceNanos) {
    return sliceNanos >= LONG_NANOS;
  }

  /** Null the first time, if the thread has ended, and while another thread reads it. */
  @Nullable Spans sinceLast(long nowNanos) {
    if (!lock.tryLock()) {
      return null;
    }
    try {
      String[] words = read(times).strip().split(" ", -1);
      return since(Long.parseLong(words[0]), Long.parseLong(words[1]), nowNanos);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return null; // It ended, or there is no descriptor or memory left.
    } finally {
      lock.unlock();
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
    if (!first && span > TICK_NANOS && ranSpan == 0 && preemptedSpan == 0 && isRunnable()) {
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
