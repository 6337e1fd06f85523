package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.TestTasks.number;
import static dev.heddle.scheduler.core.TestTasks.task;
import static dev.heddle.scheduler.core.TestTasks.tasks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalRunQueueTest {
  private final GlobalRunQueue global = new GlobalRunQueue(1, 8);
  private final LocalRunQueue queue = new LocalRunQueue(8, global);

  private List<Integer> drain(LocalRunQueue queue) {
    var numbers = new ArrayList<Integer>();
    for (Task task = queue.poll(); task != null; task = queue.poll()) {
      numbers.add(number(task));
    }
    return numbers;
  }

  private List<Integer> drainGlobal() {
    var numbers = new ArrayList<Integer>();
    for (Task task = global.poll(); task != null; task = global.poll()) {
      numbers.add(number(task));
    }
    return numbers;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void anEmptyQueueGivesNothing() {
    assertNull(queue.poll());
    assertNull(queue.takeNext());
    assertNull(queue.pollFifo());
    assertNull(queue.stealInto(new LocalRunQueue(8, global)));
    assertFalse(queue.hasStealable());
    assertEquals(0, queue.size());
  }

  @Test
  void firstInFirstOut() {
    tasks(0, 8).forEach(queue::push);
    assertEquals(8, queue.size());
    assertEquals(numbers(0, 8), drain(queue));
    assertEquals(0, queue.overflows());
  }

  @Test
  void runNextGoesFirstAndGivesWayToANewerOne() {
    queue.push(task(0));
    assertNull(queue.swapNext(task(1)));
    Task previous = queue.swapNext(task(2));
    assertEquals(1, number(previous));
    queue.push(previous);
    assertEquals(List.of(2, 0, 1), drain(queue));
  }

  @Test
  void runNextCannotPassTheOthersForEver() {
    queue.push(task(1000));
    int before = 0;
    for (; ; before++) {
      assertNull(queue.swapNext(task(before)));
      if (number(queue.poll()) == 1000) {
        break;
      }
    }
    assertEquals(LocalRunQueue.MAX_NEXT_IN_A_ROW, before);
    assertEquals(before, number(queue.poll()), "the one that had to wait is still there");
  }

  @Test
  void runNextIsNotBoundedWhenNoOtherTaskWaits() {
    for (int i = 0; i < 10 * LocalRunQueue.MAX_NEXT_IN_A_ROW; i++) {
      assertNull(queue.swapNext(task(i)));
      assertEquals(i, number(queue.poll()));
    }
  }

  @Test
  void overflowMovesTheOlderHalfToTheGlobalQueueInOrder() {
    tasks(0, 9).forEach(queue::push);
    assertEquals(1, queue.overflows());
    assertEquals(numbers(0, 4), drainGlobal());
    assertEquals(numbers(4, 9), drain(queue));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 256})
  void noTaskIsLostOrDoubledHoweverOftenItOverflows(int capacity) {
    var small = new LocalRunQueue(capacity, global);
    int count = 10 * capacity + 1;
    tasks(0, count).forEach(small::push);
    var seen = new ArrayList<>(drainGlobal());
    seen.addAll(drain(small));
    assertEquals(numbers(0, count), seen, "oldest first, as the older half moves");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8})
  void aThiefTakesTheOlderHalfRoundedUp(int count) {
    tasks(0, count).forEach(queue::push);
    var thief = new LocalRunQueue(8, global);
    Task first = queue.stealInto(thief);
    int half = count - count / 2;
    assertEquals(0, number(first));
    assertEquals(numbers(1, half), drain(thief));
    assertEquals(numbers(half, count), drain(queue));
  }

  @Test
  void aThiefLeavesRunNextAlone() {
    Task next = task(7);
    queue.swapNext(next);
    assertFalse(queue.hasStealable());
    assertNull(queue.stealInto(new LocalRunQueue(8, global)));
    assertEquals(1, queue.size());
    assertSame(next, queue.takeNext(), "but it can be taken away");
    assertNull(queue.poll());
  }

  @Test
  void hasRoomForEventsUntilItIsMoreThanHalfFull() {
    tasks(0, 4).forEach(queue::push);
    assertTrue(queue.hasRoomForEvents());
    queue.push(task(4));
    assertFalse(queue.hasRoomForEvents());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 16})
  void ownerThievesAndSysmonTogetherTakeEachTaskExactlyOnce(int capacity) {
    int count = 200_000;
    var owner = new LocalRunQueue(capacity, global);
    var taken = new AtomicIntegerArray(count);
    var done = new AtomicBoolean();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 2; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var thief = new LocalRunQueue(capacity, global);
                    while (!done.get()) {
                      Task task = owner.stealInto(thief);
                      for (; task != null; task = thief.poll()) {
                        taken.incrementAndGet(number(task));
                      }
                    }
                  }));
    }
    threads.add(
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    Task task = owner.takeNext();
                    if (task != null) {
                      taken.incrementAndGet(number(task));
                    }
                  }
                }));
    for (int i = 0; i < count; i++) {
      Task task = task(i);
      if (i % 3 == 0) {
        task = owner.swapNext(task);
      }
      if (task != null) {
        owner.push(task);
      }
      if (i % 4 == 0 && (task = owner.poll()) != null) {
        taken.incrementAndGet(number(task));
      }
    }
    for (Task task = owner.poll(); task != null; task = owner.poll()) {
      taken.incrementAndGet(number(task));
    }
    done.set(true);
    threads.forEach(Waits::join);
    for (Task task = global.poll(); task != null; task = global.poll()) {
      taken.incrementAndGet(number(task));
    }
    for (int i = 0; i < count; i++) {
      assertEquals(1, taken.get(i), "task " + i);
    }
  }
}
