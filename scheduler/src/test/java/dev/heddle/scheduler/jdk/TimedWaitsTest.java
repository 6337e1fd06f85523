package dev.heddle.scheduler.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TimedWaitsTest {
  private final ScheduledExecutorService[] timers = timers();
  private final ScheduledExecutorService first = timers[0];

  private static ScheduledExecutorService[] timers() {
    try {
      Field field =
          Class.forName("java.lang.VirtualThread$DelayedTaskSchedulers")
              .getDeclaredField("INSTANCE");
      field.setAccessible(true);
      return (ScheduledExecutorService[]) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK is not as expected", e);
    }
  }

  @AfterEach
  void putBack() {
    timers[0] = first;
  }

  @Test
  void aWaitThatIsNoneOfOursIsServedByTheJdk() throws InterruptedException {
    var asked = new AtomicInteger();
    assertTrue(
        TimedWaits.replace(
                (_, _) -> {
                  asked.incrementAndGet();
                  return null;
                })
            .isEmpty());
    var queue = new LinkedBlockingQueue<Runnable>();
    Executor executor = queue::add;
    Thread waits =
        VirtualThreads.newThread(executor, "waits", () -> LockSupport.parkNanos(1_000_000));
    waits.start();
    Waits.take(queue).run();
    assertEquals(1, asked.get());
    Waits.take(queue).run(); // when the time has come
    Waits.join(waits);
  }

  @Test
  void restoringPutsTheTimersOfTheJdkBack() {
    assertTrue(TimedWaits.replace((_, _) -> null).isEmpty());
    assertTrue(timers[0] != first);
    TimedWaits.restore();
    assertSame(first, timers[0]);
  }

  @Test
  void aReplacementBySomebodyElseStays() {
    assertTrue(TimedWaits.replace((_, _) -> null).isEmpty());
    ScheduledExecutorService another = first;
    timers[0] = another;
    TimedWaits.restore();
    assertSame(another, timers[0]);
  }

  @Test
  @SuppressWarnings("NullAway") // a JDK that is made otherwise
  void aJdkWithOtherTimersIsLeftAsItIsAndTheReasonSaid() {
    timers[0] = null;
    String reason = TimedWaits.replace((_, _) -> null).orElseThrow();
    assertTrue(reason.contains("is no array of executors"), reason);
    assertEquals(null, timers[0]);
  }
}
