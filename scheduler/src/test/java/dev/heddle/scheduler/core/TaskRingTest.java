package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.TestTasks.number;
import static dev.heddle.scheduler.core.TestTasks.task;
import static dev.heddle.scheduler.core.TestTasks.tasks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TaskRingTest {
  private final TaskRing ring = new TaskRing(4);

  private static List<Integer> drain(TaskRing ring) {
    var numbers = new ArrayList<Integer>();
    for (Task task = ring.poll(); task != null; task = ring.poll()) {
      numbers.add(number(task));
    }
    return numbers;
  }

  @Test
  void aFullRingRefusesTheNextTaskAndKeepsItsOwn() {
    tasks(0, 4).forEach(task -> assertTrue(ring.offer(task)));
    assertFalse(ring.offer(task(4)));
    assertEquals(4, ring.size());
    assertEquals(List.of(0, 1, 2, 3), drain(ring));
    assertTrue(ring.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void slotsAreUsedAgainInOrder(int inside) {
    tasks(0, inside).forEach(ring::offer);
    for (int i = inside; i < 50; i++) {
      assertEquals(i - inside, number(ring.poll()));
      assertTrue(ring.offer(task(i)));
    }
    assertEquals(IntStream.range(50 - inside, 50).boxed().toList(), drain(ring));
    assertEquals(50, ring.putSoFar());
  }

  @Test
  void aThiefTakesNoMoreThanItsOwnRingHasRoomFor() {
    var big = new TaskRing(16);
    tasks(0, 16).forEach(big::offer);
    tasks(100, 103).forEach(ring::offer);
    assertEquals(0, number(big.stealInto(ring)));
    assertEquals(List.of(100, 101, 102, 1), drain(ring));
    assertEquals(IntStream.range(2, 16).boxed().toList(), drain(big));
  }

  @Test
  void aThiefWithAFullRingTakesOneTaskToRun() {
    var full = new TaskRing(2);
    tasks(100, 102).forEach(full::offer);
    tasks(0, 4).forEach(ring::offer);
    assertEquals(0, number(ring.stealInto(full)));
    assertEquals(List.of(100, 101), drain(full));
    assertEquals(List.of(1, 2, 3), drain(ring));
  }

  @Test
  void whatAThiefHasTakenIsNotReachableOnceTheOwnerFindsNothing() {
    var taken = new ArrayList<WeakReference<Task>>();
    for (int i = 0; i < 3; i++) {
      Task task = task(i);
      taken.add(new WeakReference<>(task));
      ring.offer(task);
    }
    var thief = new TaskRing(4);
    assertNotNull(ring.stealInto(thief));
    assertNotNull(thief.poll());
    assertNotNull(ring.take());
    assertNull(thief.poll());
    assertNull(ring.poll());
    for (var reference : taken) {
      while (reference.get() != null) { // the test ends by its limit if a slot still holds it
        System.gc();
      }
    }
  }

  @Test
  void theGlobalQueueGetsTheOlderHalfInOrder() {
    var global = new GlobalRunQueue(1, 4);
    tasks(0, 4).forEach(ring::offer);
    ring.moveOlderHalf(global);
    assertEquals(0, number(global.poll()));
    assertEquals(1, number(global.poll()));
    assertNull(global.poll());
    assertEquals(List.of(2, 3), drain(ring));
  }

  @Test
  void aRingThatThievesHaveEmptiedMovesNothing() {
    var global = new GlobalRunQueue(1, 4);
    ring.offer(task(0));
    ring.moveOlderHalf(global);
    assertTrue(global.isEmpty());
    assertEquals(1, ring.size());
  }
}
