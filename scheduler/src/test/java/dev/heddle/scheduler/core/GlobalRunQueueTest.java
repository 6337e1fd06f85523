package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.TestTasks.number;
import static dev.heddle.scheduler.core.TestTasks.task;
import static dev.heddle.scheduler.core.TestTasks.tasks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class GlobalRunQueueTest {
  private static final int ROOM = 1000; // enough

  @Test
  void firstInFirstOut() {
    var global = new GlobalRunQueue(2, 256);
    assertTrue(global.isEmpty());
    assertNull(global.poll());
    tasks(0, 5000).forEach(global::push);
    assertFalse(global.isEmpty());
    assertEquals(5000, global.size());
    for (int i = 0; i < 5000; i++) {
      assertEquals(i, number(global.poll()));
    }
    assertNull(global.poll());
    assertTrue(global.isEmpty());
  }

  @Test
  void aBatchIsAFairShare() {
    var global = new GlobalRunQueue(4, 256);
    var local = new LocalRunQueue(256, global);
    tasks(0, 20).forEach(global::push);
    assertEquals(0, number(global.pollBatch(local, ROOM)));
    assertEquals(20 / 4, local.size(), "20/4+1 in all, one of them returned");
    for (int i = 1; i <= 5; i++) {
      assertEquals(i, number(local.poll()));
    }
    assertEquals(6, number(global.poll()));
  }

  @Test
  void aBatchNeverFillsMoreThanHalfOfALocalQueue() {
    var global = new GlobalRunQueue(1, 8);
    var local = new LocalRunQueue(8, global);
    tasks(0, 1000).forEach(global::push);
    global.pollBatch(local, ROOM);
    assertEquals(3, local.size());
    var wide = new GlobalRunQueue(1, 1024);
    var wideLocal = new LocalRunQueue(1024, wide);
    tasks(0, 1000).forEach(wide::push);
    wide.pollBatch(wideLocal, ROOM);
    assertEquals(127, wideLocal.size());
  }

  @Test
  void aBatchIsOneAndWhatThereIsRoomFor() {
    var global = new GlobalRunQueue(1, 256);
    var local = new LocalRunQueue(256, global);
    tasks(0, 10).forEach(global::push);
    assertEquals(0, number(global.pollBatch(local, 3)));
    assertEquals(3, local.size());
    assertEquals(4, number(global.pollBatch(local, 0)));
    assertEquals(3, local.size());
    assertEquals(5, global.size());
  }

  @Test
  void aSmallestLocalQueueGetsOneAtATime() {
    var global = new GlobalRunQueue(1, 2);
    var local = new LocalRunQueue(2, global);
    tasks(0, 10).forEach(global::push);
    assertEquals(0, number(global.pollBatch(local, ROOM)));
    assertEquals(0, local.size());
  }

  @Test
  void manyProducersAndConsumersHandOverEachTaskOnce() {
    int producers = 3;
    int each = 50_000;
    var global = new GlobalRunQueue(2, 16);
    var taken = new AtomicIntegerArray(producers * each);
    var left = new AtomicInteger(producers * each);
    var threads = new ArrayList<Thread>();
    for (int p = 0; p < producers; p++) {
      int from = p * each;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = from; i < from + each; i++) {
                      global.push(task(i));
                    }
                  }));
    }
    for (int c = 0; c < 2; c++) {
      boolean batches = c == 0;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var local = new LocalRunQueue(16, global);
                    while (left.get() > 0) {
                      Task task = batches ? global.pollBatch(local, ROOM) : global.poll();
                      for (; task != null; task = local.poll()) {
                        taken.incrementAndGet(number(task));
                        left.decrementAndGet();
                      }
                    }
                  }));
    }
    threads.forEach(Waits::join);
    for (int i = 0; i < taken.length(); i++) {
      assertEquals(1, taken.get(i), "task " + i);
    }
  }
}
