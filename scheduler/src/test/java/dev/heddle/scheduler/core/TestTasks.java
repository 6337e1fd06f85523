package dev.heddle.scheduler.core;

import java.util.ArrayList;
import java.util.List;

/** Tasks that are never run, for tests of the containers they are kept in. */
final class TestTasks {
  private TestTasks() {}

  @SuppressWarnings("NullAway") // of no scheduler
  static Task task(int number) {
    return Task.create(null, String.valueOf(number), () -> {});
  }

  static List<Task> tasks(int from, int to) {
    var list = new ArrayList<Task>();
    for (int i = from; i < to; i++) {
      list.add(task(i));
    }
    return list;
  }

  static int number(Task task) {
    return task == null ? -1 : Integer.parseInt(task.thread().getName());
  }
}
