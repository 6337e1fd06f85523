package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.FullHeap;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first failure of each thread of a scheduler comes when there is no memory, not even for what
 * handles it, and none of them dies: in a JVM of its own.
 */
final class FullHeapTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "-ea:dev.heddle...",
          "-Xmx24m",
          "-XX:+UseSerialGC");

  @ParameterizedTest
  @ValueSource(strings = {"carriers", "sysmon", "timers", "periodic"})
  void everyThreadOutlivesAFullHeap(String who) {
    var child = ChildJvm.run(FLAGS, Filled.class, who);
    assertEquals(0, child.exitCode(), child.output());
  }

  /** Runs in the child. */
  static final class Filled {
    private static final String NAME = "full-heap";
    private static final int FAILURES = 1;
    private static final long FIRES_NANOS = 100_000_000; // when the heap is full again
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int RESERVE = 64 * 1024;

    @SuppressWarnings("UnusedVariable") // it is held until the heap is full
    private static byte @Nullable [] reserve;

    private Filled() {}

    /** Fails for the threads that it is told to, which it knows by their class. */
    private static final class FailingPoller implements Poller {
      private final Poller sound = Poller.none();
      private final OutOfMemoryError failure = new OutOfMemoryError("made before");
      private final AtomicInteger failures = new AtomicInteger();
      private volatile @Nullable Class<?> victims;

      private void failForVictims() {
        Class<?> those = victims;
        if (those != null && those.isInstance(Thread.currentThread())) {
          failures.incrementAndGet();
          throw failure;
        }
      }

      private void fail() {
        throw failure;
      }

      @Override
      public int poll(long timeoutNanos) {
        failForVictims();
        return sound.poll(timeoutNanos);
      }

      @Override
      public void makeUp() {
        failForVictims();
      }

      @Override
      public void wakeup() {
        sound.wakeup();
      }

      @Override
      public boolean hasRegistrations() {
        return true;
      }

      @Override
      public void close() {
        sound.close();
      }
    }

    public static void main(String[] args) throws InterruptedException {
      var poller = new FailingPoller();
      var options = SchedulerOptions.DEFAULT.withName(NAME).withProcessors(2);
      if (args[0].equals("periodic")) {
        options = options.withSchedTraceMillis(1).withDeadlockReport(true);
      }
      var engine = TestEngine.start(options, poller);
      Waits.join(engine.spawn("first", () -> {}));
      Set<Thread> before = threads();
      assertTrue(before.size() >= 3, before::toString);
      var action = engine.newTimer(poller::fail);
      Class<?> victims =
          switch (args[0]) {
            case "carriers" -> Carrier.class;
            case "sysmon" -> Sysmon.class;
            default -> null;
          };
      boolean counts = victims != null;
      reserve = new byte[RESERVE];
      FullHeap.fill();
      reserve = null;
      action.arm(System.nanoTime() + FIRES_NANOS); // which takes some memory
      FullHeap.fillAgain(); // from here on nothing that is new
      poller.victims = victims;
      long end = System.nanoTime() + (counts ? Waits.LIMIT.toNanos() : 1_000_000_000);
      while (System.nanoTime() < end && (!counts || poller.failures.get() < FAILURES)) {
        FullHeap.fillAgain();
        poller.wakeup(); // a carrier polls again
        engine.shared.sysmonSleep.end(); // and sysmon makes a round
        LockSupport.parkNanos(PAUSE_NANOS); // collections in a row would leave the victims no time
      }
      poller.victims = null;
      FullHeap.empty();
      assertTrue(!counts || poller.failures.get() > 0, "nothing has failed");
      Thread.sleep(200); // a thread that dies of it has the time to
      for (Thread thread : before) {
        assertTrue(thread.isAlive(), thread + " has died");
      }
      var tasks = new ArrayList<Thread>();
      for (int i = 0; i < 100; i++) {
        tasks.add(engine.spawn("later", () -> {}));
      }
      tasks.forEach(Waits::join);
      engine.close();
      Waits.noThreadIsLeft(NAME);
      System.exit(0);
    }

    private static Set<Thread> threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().startsWith(NAME))
          .collect(Collectors.toSet());
    }
  }
}
