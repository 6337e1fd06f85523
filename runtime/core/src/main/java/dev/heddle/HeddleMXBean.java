package dev.heddle;

import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskState;
import java.io.IOException;
import java.util.Map;

/**
 * A runtime in JMX: {@code dev.heddle:type=Heddle,name=NAME}.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="bean"}
 */
public interface HeddleMXBean {
  /** Prefix of the names of the runtime's threads. */
  String getName();

  /** How many tasks may run at the same time. */
  int getProcessors();

  /** How many tasks have started and not ended. */
  int getLiveTasks();

  /** How many sockets are open. */
  int getOpenSockets();

  /** {@code epoll} or {@code selector}. */
  String getPollerName();

  /** All counters at this moment. Looks at no task. */
  SchedulerMetrics getMetrics();

  /**
   * How many live tasks are in each state. An operation and no attribute, as it looks at every live
   * task, and consoles read all attributes every few seconds.
   */
  Map<TaskState, Integer> taskStates();

  /** Every live task with what it waits for, and its stack, as text. */
  String dump();

  /**
   * Writes what the flight recorder keeps; see {@link Heddle#dumpTrace}.
   *
   * @return the path of the file
   * @throws IOException if it cannot be written
   */
  String dumpTrace() throws IOException;
}
