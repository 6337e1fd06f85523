package dev.heddle.simulation;

/** All tasks wait, no timer is armed and nothing is under way: nothing would ever happen again. */
public final class DeadlockError extends AssertionError {
  private static final long serialVersionUID = 1;

  DeadlockError(String dump) {
    super("all tasks are asleep, and nothing is left to wake one\n" + dump);
  }
}
