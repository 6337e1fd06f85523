package dev.heddle.scheduler.core;

import static dev.heddle.scheduler.core.TestTasks.task;
import static dev.heddle.scheduler.core.TestTasks.tasks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TaskRegistryTest {
  private final TaskRegistry registry = new TaskRegistry();

  @Test
  void knowsTheTasksThatWereAddedAndNotYetRemoved() {
    List<Task> tasks = tasks(0, 1000);
    tasks.forEach(registry::add);
    assertEquals(1000, registry.size());
    assertEquals(new HashSet<>(tasks), new HashSet<>(registry.snapshot()));
    Collections.shuffle(tasks, new Random(1));
    Set<Task> left = new HashSet<>(tasks);
    for (Task task : tasks) {
      assertTrue(registry.remove(task));
      left.remove(task);
      if (left.size() % 100 == 0) {
        assertEquals(left, new HashSet<>(registry.snapshot()));
      }
    }
    assertEquals(0, registry.size());
    assertTrue(registry.snapshot().isEmpty());
  }

  @Test
  void removingTwiceOrWithoutAddingChangesNothing() {
    Task task = task(0);
    assertFalse(registry.remove(task));
    registry.add(task);
    assertTrue(registry.remove(task));
    assertFalse(registry.remove(task));
    assertEquals(0, registry.size());
  }

  @Test
  void aRemovedTaskKeepsNoOtherAlive() {
    List<Task> tasks = tasks(0, 64);
    tasks.forEach(registry::add);
    for (Task task : tasks) {
      registry.remove(task);
      assertEquals(null, task.previousInShard);
      assertEquals(null, task.nextInShard);
    }
  }

  @Test
  void countsRightWhenManyThreadsAddRemoveAndLook() {
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      int from = t * 10_000;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    List<Task> tasks = tasks(from, from + 10_000);
                    for (int i = 0; i < tasks.size(); i++) {
                      registry.add(tasks.get(i));
                      if (i % 2 == 1) {
                        registry.remove(tasks.get(i - 1));
                      }
                    }
                  }));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      assertTrue(registry.snapshot().size() <= 40_000);
    }
    threads.forEach(Waits::join);
    assertEquals(20_000, registry.size());
    assertEquals(20_000, registry.snapshot().size());
  }
}
