package dev.heddle;

import dev.heddle.scheduler.SchedulerMetrics;

/** A runtime in JMX: {@code dev.heddle:type=Heddle,name=NAME}. */
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

  /** All counters and states at this moment. */
  SchedulerMetrics getMetrics();

  /** Every live task with what it waits for, and its stack, as text. */
  String dump();
}
