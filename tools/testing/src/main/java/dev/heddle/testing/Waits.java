package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting in tests: for signals, with a limit that only a defect reaches. */
public final class Waits {
  /** How long any wait of a test may take. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private Waits() {}

  /** Waits until the latch is open. */
  public static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS), "still " + latch.getCount());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for an element and takes it. */
  public static <T> T take(BlockingQueue<T> queue) {
    try {
      T taken = queue.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertTrue(taken != null, "nothing came");
      return taken;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the end of a thread. */
  public static void join(Thread thread) {
    try {
      assertTrue(thread.join(LIMIT), thread + " has not ended");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** For what gives no signal: looks again and again. */
  public static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  /** For what gives no signal; {@code what} is asked for only when the wait fails. */
  public static void until(Supplier<String> what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        fail("never: " + what.get());
      }
      LockSupport.parkNanos(200_000);
    }
  }

  /** Fails if a thread whose name starts with {@code prefix} is alive, or does not end soon. */
  public static void noThreadIsLeft(String prefix) {
    until(
        "no thread named " + prefix + "… is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.isAlive() && t.getName().startsWith(prefix)));
  }
}
