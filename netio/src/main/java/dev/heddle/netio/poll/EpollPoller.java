package dev.heddle.netio.poll;

import dev.heddle.netio.epoll.Epoll;
import dev.heddle.netio.epoll.EventFd;
import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The poller on Linux: one edge-triggered epoll instance for all channels.
 *
 * <p>A channel is registered once, for both directions and for its life; nothing is re-armed per
 * wait. Event data is descriptor number and generation, see {@link PollDescTable}.
 *
 * <p>{@link #wakeup} writes to an eventfd, which is watched <em>level</em>-triggered and drained by
 * blocking polls only. Edge-triggered, a nonblocking poll would eat the wakeup meant for the
 * blocked one.
 */
public final class EpollPoller implements ReadinessPoller {
  /**
   * Events of one call; more come with the next. Few enough that what is prefetched for the last of
   * them is still in the cache when its turn comes: the kernel alone touches some 10 KiB for a
   * small request, so 32 fit into a second-level cache, and Go's 128 do not.
   */
  private static final int MAX_EVENTS = 32;

  private static final int INTEREST = Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.PRI | Epoll.ET;
  private static final int READABLE = Epoll.IN | Epoll.RDHUP | Epoll.PRI | Epoll.HUP | Epoll.ERR;
  private static final int WRITABLE = Epoll.OUT | Epoll.HUP | Epoll.ERR;
  private static final int SPECIAL = Epoll.RDHUP | Epoll.PRI | Epoll.HUP | Epoll.ERR;
  private static final long WAKEUP = -1;

  private final Epoll epoll;
  private final EventFd eventFd;
  private final PollDescTable table = new PollDescTable();
  private final OneShots oneShots;
  private final Timers timers;
  private volatile boolean closed; // set once, by the closer

  /**
   * CAS false → true by the waker that writes to the eventfd; back to false by the poll that
   * drained it.
   */
  private final AtomicBoolean wakeupPending = new AtomicBoolean();

  private final EventPrefetch prefetch = new EventPrefetch(); // for the thread that polls

  /**
   * Edges are reported once. What an error keeps from being handled, such as missing memory, is
   * handled by the next poll: the events from {@code nextEvent} on. For the thread that polls.
   */
  private int events;

  private int nextEvent;

  private final Runnable afterClose;

  /**
   * Opens it.
   *
   * @param timers of the scheduler that will poll
   * @param afterClose is run once, by the thread that closes it
   * @throws IOException if the system has no descriptors for it
   */
  public EpollPoller(Timers timers, Runnable afterClose) throws IOException {
    this.timers = timers;
    this.afterClose = afterClose;
    epoll = new Epoll(MAX_EVENTS);
    oneShots = OneShots.over(epoll);
    try {
      eventFd = newEventFd(epoll);
    } catch (IOException e) {
      epoll.close();
      throw e;
    }
    wakeup(); // so that all that a poll takes has been used: later there may be no memory for it
    int _ = poll(1);
    int _ = poll(0);
    SocketCalls.load();
  }

  private static EventFd newEventFd(Epoll epoll) throws IOException {
    var eventFd = new EventFd();
    try {
      epoll.add(eventFd.fd(), Epoll.IN, WAKEUP);
      return eventFd;
    } catch (IOException e) {
      eventFd.close();
      throw e;
    }
  }

  @Override
  public int poll(long timeoutNanos) {
    if (nextEvent == events) {
      nextEvent = 0;
      events = 0; // should the wait fail
      events = epoll.await(timeoutNanos);
      if (events > 0 && Trace.isOn()) {
        Trace.eventsSeen();
      }
      if (events > 1) {
        prefetch(events);
      }
    }
    int handled = 0;
    Throwable failure = null;
    while (nextEvent < events) {
      long data = epoll.data(nextEvent);
      int what = epoll.events(nextEvent);
      nextEvent++;
      if (data == WAKEUP) {
        if (timeoutNanos != 0) {
          eventFd.drain();
          wakeupPending.set(false);
        }
        continue;
      }
      try {
        handled += handle(data, what);
      } catch (RuntimeException | Error e) {
        handled++;
        failure = e; // an unpark failed; the others are handled first
      }
    }
    if (failure != null) {
      throw new IllegalStateException("a waiter could not be readied", failure);
    }
    return handled;
  }

  /** Returns how many waits it was for: none if its descriptor is closed. */
  private int handle(long data, int events) {
    int generation = (int) (data >>> 32);
    if (OneShots.isOneShot(generation)) {
      oneShots.ready((int) data, generation, events);
      return 1;
    }
    PollDesc desc = table.find((int) data, generation);
    if (desc == null) {
      return 0;
    }
    desc.ready((events & READABLE) != 0, (events & WRITABLE) != 0, (events & SPECIAL) != 0);
    return 1;
  }

  /** Looks at what handling these events, and the tasks behind them, needs. */
  private void prefetch(int n) {
    for (int i = 0; i < n; i++) {
      long data = epoll.data(i);
      PollDesc desc = data == WAKEUP ? null : table.find((int) data, (int) (data >>> 32));
      if (desc != null) {
        prefetch.load(desc);
      }
    }
  }

  // ---- waits of the JDK's channels

  /**
   * The calling task is about to wait in a channel, socket or selector of the JDK.
   *
   * @param poller the JDK's, which gets the event
   * @return false if this poller is closed
   */
  public boolean beginJdkWait(Object poller, int fd, boolean write) throws IOException {
    if (closed) {
      return false;
    }
    var wait = new JdkWait(fd, write);
    if (!oneShots.begin(poller, fd, write)) {
      wait.ended();
      return false;
    }
    LockSupport.setCurrentBlocker(wait);
    return true;
  }

  /** The wait of the calling task is over. False if this poller is closed. */
  public boolean endJdkWait(int fd, boolean write) {
    if (LockSupport.getBlocker(Thread.currentThread()) instanceof JdkWait wait) {
      LockSupport.setCurrentBlocker(null);
      wait.ended();
    }
    if (closed) {
      return false;
    }
    oneShots.end(fd, write);
    return true;
  }

  @Override
  public void wakeup() {
    if (!wakeupPending.get() && wakeupPending.compareAndSet(false, true)) {
      try {
        eventFd.signal();
      } catch (IllegalStateException e) {
        // closed meanwhile: nobody is left to be woken
      } catch (Throwable e) { // such as no memory: the next one tries again
        wakeupPending.set(false);
        throw e;
      }
    }
  }

  @Override
  public void makeUp() {
    FdMutex.makeUp();
  }

  @Override
  public PollDesc register(LateChannel channel) throws IOException {
    int fd = channel.fd();
    var desc = new PollDesc(this, channel, table.nextGeneration());
    table.put(desc);
    try {
      epoll.add(fd, INTEREST, ((long) desc.generation << 32) | fd);
    } catch (IOException | RuntimeException | Error e) {
      table.remove(desc);
      throw e;
    }
    return desc;
  }

  @Override
  public void deregister(PollDesc desc, Runnable released) {
    table.remove(desc); // first: once the number is free, it may come back at once
    desc.closeChannel(released); // and the kernel forgets the registration
  }

  @Override
  public void arm(PollDesc desc, boolean read) {}

  @Override
  public boolean hasRegistrations() {
    return table.size() > 0 || oneShots.isUsed();
  }

  @Override
  public boolean hasWaiters() {
    return table.hasWaiters() || oneShots.hasWaiters();
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public String kind() {
    return "epoll";
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    wakeupPending.set(true); // later wakeups have no effect
    oneShots.close(); // the threads that wait are the JDK's scheduler's by now
    epoll.close();
    eventFd.close();
    afterClose.run();
  }
}
