package dev.heddle.netio.poll;

/**
 * What waits for a {@link PollSide} in place of a thread: a connection that has none while nothing
 * comes.
 */
@FunctionalInterface
public interface Sleeper {
  /**
   * The wait is over: an event came, the deadline has passed, or the channel is being closed.
   * Called once for each {@link PollSide#sleep} that returned true, by any thread: by that which
   * polls, too. Must not block.
   */
  void wake();
}
