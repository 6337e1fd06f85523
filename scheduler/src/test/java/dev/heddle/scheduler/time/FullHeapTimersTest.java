package dev.heddle.scheduler.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.FullHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Timers that are armed, and move to their heap when there is no memory for a larger one: none is
 * lost, and those that are due run. In a JVM of its own.
 */
final class FullHeapTimersTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "-ea:dev.heddle...",
          "-Xmx24m",
          "-XX:+UseSerialGC");

  @Test
  void noTimerIsLostThatFindsNoRoom() {
    var child = ChildJvm.run(FLAGS, Filled.class);
    assertEquals(0, child.exitCode(), child.output());
  }

  /** Runs in the child. */
  static final class Filled {
    private static final int EARLY = 4; // which the heap has room for
    private static final int TIMERS = 10_000; // for which it needs more than a page
    private static final long FAR = 1L << 60;

    private Filled() {}

    public static void main(String[] args) {
      var heaps = new TimerHeaps(1, new NoOwner());
      TimerHeap heap = heaps.heap(0);
      var ran = new ArrayList<Integer>(TIMERS);
      arm(heap, ran, 0);
      heap.runDue(FAR, 1); // all that takes memory only once
      ran.clear();
      for (int i = 0; i < EARLY; i++) {
        arm(heap, ran, i);
      }
      heap.settle();
      for (int i = EARLY; i < TIMERS; i++) {
        arm(heap, ran, i);
      }
      FullHeap.fill();
      boolean foundRoom = settle(heap);
      int ranFull = heap.runDue(FAR + EARLY - 1, Integer.MAX_VALUE);
      FullHeap.empty();
      assertFalse(foundRoom);
      assertEquals(EARLY, ranFull, "those that were due");
      assertEquals(TIMERS - EARLY, heap.size());
      assertEquals(FAR + EARLY, heap.earliestNanos());
      heap.runDue(FAR + TIMERS, Integer.MAX_VALUE);
      assertEquals(IntStream.range(0, TIMERS).boxed().toList(), ran);
      System.exit(0);
    }

    private static boolean settle(TimerHeap heap) {
      try {
        heap.settle();
        return true;
      } catch (OutOfMemoryError e) {
        return false;
      }
    }

    private static void arm(TimerHeap heap, List<Integer> ran, int number) {
      Integer boxed = number;
      new Timer(heap, () -> ran.add(boxed)).arm(FAR + number);
    }
  }

  /** Nobody sleeps until a timer is due. */
  private static final class NoOwner implements TimerHeaps.Owner {
    @Override
    public void endPollerSleep() {}

    @Override
    public boolean callerTellsLater() {
      return false;
    }

    @Override
    public void timerFired(long lateNanos) {}

    @Override
    public void timerFailed(Throwable failure) {
      throw new AssertionError(failure);
    }
  }
}
