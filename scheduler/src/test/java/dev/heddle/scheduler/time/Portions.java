package dev.heddle.scheduler.time;

/** Lets tests of other packages change how many timers of a heap run in one go. */
public final class Portions {
  private Portions() {}

  /** Sets the portion, and returns the one before. */
  public static int set(TimerHeaps timers, int portion) {
    int before = timers.portion;
    timers.portion = portion;
    return before;
  }
}
