package dev.heddle.simulation;

import dev.heddle.scheduler.facade.DrivenTask;

/** What a simulation keeps of a task. */
final class SimulatedTask {
  final DrivenTask driven;
  final Host host;
  final int number; // in the simulation, from 1

  /** When it became runnable, as a count of such events. */
  long readied;

  /** When that was, on the clock of the driver. */
  long readiedNanos;

  /** The highest is first, where the strategy has such. */
  long priority;

  SimulatedTask(DrivenTask driven, Host host, int number) {
    this.driven = driven;
    this.host = host;
    this.number = number;
  }

  /** Host, name and number: {@code server/accept#3}. */
  @Override
  public String toString() {
    String name = driven.thread().getName();
    return host.name() + "/" + (name.isEmpty() ? "task" : name) + "#" + number;
  }
}
