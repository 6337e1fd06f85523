package dev.heddle.trace;

/**
 * What tasks waited for, added up: the network by stack and by peer (a sample of all waits), locks
 * and the like by stack and by lock (those of 10 ms or more).
 */
public final class Waits {
  final WaitTotals networkByStack = new WaitTotals();
  final WaitTotals networkByPeer = new WaitTotals();
  final WaitTotals blockedByStack = new WaitTotals();
  final WaitTotals blockedByLock = new WaitTotals();

  Waits() {}

  void add(TraceEvent.NetworkWait wait) {
    String operation = wait.operation().word;
    networkByStack.add(operation, WaitTotals.userFrames(wait.stack()), wait.waitNanos());
    networkByPeer.add(operation + " " + PeerWaits.group(wait.peer()), "", wait.waitNanos());
  }

  /**
   * A wait that a stack was taken of.
   *
   * @param lock what it was for; empty if that is not known
   */
  void addBlocked(TraceEvent.Blocked sample, String lock, long nanos) {
    String reason = sample.waitsFor().word;
    blockedByStack.add(reason, WaitTotals.userFrames(sample.stack()), nanos);
    if (!lock.isEmpty()) {
      String id = sample.blockerId() == 0 ? "" : "@" + Integer.toHexString(sample.blockerId());
      blockedByLock.add(lock + id, "", nanos);
    }
  }
}
