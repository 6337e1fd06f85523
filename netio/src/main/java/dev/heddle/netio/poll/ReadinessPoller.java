package dev.heddle.netio.poll;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.nio.channels.SelectableChannel;

/** A {@link Poller} that channels can be registered with. */
public interface ReadinessPoller extends Poller {

  /** Registers a nonblocking channel, for its life. Thread-safe. */
  PollDesc register(LateChannel channel) throws IOException;

  /** As the other. */
  default PollDesc register(SelectableChannel channel) throws IOException {
    return register(LateChannel.of(channel));
  }

  /**
   * Ends a registration and closes its channel, by {@link PollDesc#closeChannel}. Called once, by
   * {@link PollDesc#close}. Thread-safe, never blocks for long.
   *
   * @param released is run, on any thread and perhaps later, when the system has the descriptor
   *     back; it must not block
   */
  void deregister(PollDesc desc, Runnable released);

  /**
   * A waiter was published: a level-triggered poller starts to watch; an edge-triggered one has
   * nothing to do.
   */
  void arm(PollDesc desc, boolean read);

  /** The timers of the scheduler that polls, for deadlines. */
  Timers timers();

  /**
   * Whether a wait ends at once where there is something already. If not, who waits must have
   * looked since the last event.
   */
  default boolean isLevelTriggered() {
    return false;
  }

  /** What this poller is, for people: {@code epoll} or {@code selector}. */
  String kind();
}
