package dev.heddle.scheduler.events;

/** What a thread of a scheduler is handling when it makes many tasks runnable at once. */
public enum Collecting {
  /** Nothing: it runs a task, or looks for one. */
  NOTHING("none"),
  /** Events of the poller. */
  EVENTS("poller"),
  /** Timers that are due. */
  TIMERS("timer");

  /** What {@link RunSlice#readier} calls it. */
  final String readier;

  Collecting(String readier) {
    this.readier = readier;
  }
}
