package dev.heddle.simulation;

import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.PollDesc;
import dev.heddle.netio.poll.ReadinessPoller;
import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The poller of a simulated host. Nobody polls it: a channel reports its edges itself, as the event
 * happens, and again when somebody begins to wait.
 */
final class SimulatedPoller implements ReadinessPoller {
  private final Map<PollDesc, Watched> open = new LinkedHashMap<>();
  private final Timers timers;

  SimulatedPoller(Timers timers) {
    this.timers = timers;
  }

  @Override
  public PollDesc register(LateChannel channel) throws IOException {
    var desc = new PollDesc(this, channel, 0);
    var watched = (Watched) channel.channel();
    open.put(desc, watched);
    watched.watch(desc);
    return desc;
  }

  @Override
  public void deregister(PollDesc desc, Runnable released) {
    open.remove(desc);
    desc.closeChannel(released);
  }

  @Override
  public void arm(PollDesc desc, boolean read) {
    Watched watched = open.get(desc);
    if (watched != null) {
      watched.watch(desc);
    }
  }

  @Override
  public boolean isLevelTriggered() {
    return true;
  }

  @Override
  public int poll(long timeoutNanos) {
    return 0;
  }

  @Override
  public void wakeup() {}

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public boolean hasRegistrations() {
    return !open.isEmpty();
  }

  @Override
  public boolean hasWaiters() {
    return open.keySet().stream().anyMatch(PollDesc::hasWaiter);
  }

  @Override
  public String kind() {
    return "simulated";
  }

  @Override
  public void close() {}
}
