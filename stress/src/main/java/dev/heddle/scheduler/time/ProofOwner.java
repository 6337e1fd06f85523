package dev.heddle.scheduler.time;

/** Knows only whether the sleeper in the poller was woken. */
final class ProofOwner implements TimerHeaps.Owner {
  volatile boolean woken;

  @Override
  public void endPollerSleep() {
    woken = true;
  }

  @Override
  public boolean callerTellsLater() {
    return false;
  }

  @Override
  public void timerFired(long lateNanos) {}

  @Override
  public void timerFailed(Throwable failure) {}
}
