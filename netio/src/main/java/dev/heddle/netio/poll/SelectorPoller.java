package dev.heddle.netio.poll;

import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.Pinning;
import dev.heddle.scheduler.spi.StackRoom;
import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The poller elsewhere: a {@code java.nio} Selector, which is kqueue on macOS and what the JDK has
 * on Windows. It is the portable poller, not the fast one.
 *
 * <p>A Selector is level-triggered, so a direction is watched only while somebody waits for it:
 * {@link #arm} adds it to the key's interest, and the event that ends the wait takes it out again.
 *
 * <p><b>Only {@link #poll} touches the selector's keys.</b> Everybody else leaves a request in a
 * queue and wakes it. A Selector has monitors inside; a task that contends for one unmounts and
 * stays in the monitor's queue, and a carrier that then queues behind it waits for a task which
 * waits for a carrier. (Rejected, because seen to hang: registering, arming and closing on the task
 * itself.)
 *
 * <p>Lost requests: the poll publishes {@code blocked}, then empties the queue, then selects;
 * others queue first and look at {@code blocked} afterwards.
 */
public final class SelectorPoller implements ReadinessPoller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final int REGISTER = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int CLOSE = 3;

  private record Request(PollDesc desc, int what, Runnable done) {}

  private final Selector selector;
  private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();

  /** To be closed after the next select, which lets go of them. For the thread that polls. */
  private final ArrayDeque<Request> closing = new ArrayDeque<>();

  private final AtomicInteger registrations = new AtomicInteger();

  /** Wakeups asked for and not yet made. The thread that takes it from 0 makes them, for all. */
  private final AtomicInteger wakeups = new AtomicInteger();

  private final Timers timers;

  /**
   * True while a thread is, or is about to be, blocked in select. Written by the thread that polls.
   */
  private volatile boolean blocked;

  private volatile boolean closed; // set once, by close

  private boolean seen; // this poll has returned with events; written by the thread that polls

  /**
   * Opens a selector.
   *
   * @param timers of the scheduler that will poll
   */
  public SelectorPoller(Timers timers) throws IOException {
    this(timers, Selector.open());
  }

  SelectorPoller(Timers timers, Selector selector) {
    this.timers = timers;
    this.selector = selector;
  }

  @Override
  public int poll(long timeoutNanos) {
    seen = false;
    try {
      if (timeoutNanos == 0) {
        handleRequests();
        return selectNow();
      }
      blocked = true;
      try {
        handleRequests();
        if (!closing.isEmpty()) { // not to be kept waiting; and select has taken a wakeup
          return selectNow();
        }
        return selector.select(this::ready, millis(timeoutNanos));
      } finally {
        blocked = false;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("select failed", e);
    }
  }

  /** What select takes: 0 is for ever there. */
  private static long millis(long nanos) {
    return nanos < 0 ? 0 : nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
  }

  private void ready(SelectionKey key) {
    if (!seen && Trace.isOn()) {
      Trace.eventsSeen();
    }
    seen = true;
    try {
      int ready = key.readyOps();
      key.interestOpsAnd(~ready);
      boolean readable = (ready & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0;
      boolean writable = (ready & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0;
      ((PollDesc) key.attachment()).ready(readable, writable, false);
    } catch (CancelledKeyException e) {
      // closed meanwhile: the closer wakes those who wait
    }
  }

  private int selectNow() throws IOException {
    int ready = selector.selectNow(this::ready);
    closeReleased();
    return ready;
  }

  /**
   * A select has been made since the keys were cancelled, and so the channels have none. One that
   * has a key cannot be closed yet: the JDK would end its output meanwhile, and a peer that is to
   * see a reset could find the end of the stream before.
   */
  private void closeReleased() {
    for (Request request; (request = closing.poll()) != null; ) {
      request.desc.closeChannel(request.done);
    }
  }

  // ---- requests

  private void request(PollDesc desc, int what) {
    request(new Request(desc, what, () -> {}));
  }

  private void request(Request request) {
    StackRoom.requireForWakeup(); // who leaves wakeups undone would have left those of all
    requests.add(request);
    if (blocked) {
      wakeup();
    }
  }

  /** Called by the thread that polls. */
  private void handleRequests() throws IOException {
    for (Request request; (request = requests.poll()) != null; ) {
      PollDesc desc = request.desc;
      try {
        switch (request.what) {
          case REGISTER -> desc.channel.channel().register(selector, 0, desc);
          case CLOSE -> {
            closing.add(request);
            SelectionKey key = desc.channel.channel().keyFor(selector);
            if (key != null) {
              key.cancel();
            }
          }
          default -> watch(desc, request.what == READ);
        }
      } catch (ClosedChannelException | CancelledKeyException e) {
        // closed meanwhile: the closer wakes those who wait
      }
    }
  }

  private void watch(PollDesc desc, boolean read) throws IOException {
    SelectionKey key = desc.channel.channel().keyFor(selector);
    if (key == null) {
      return; // closed meanwhile
    }
    key.interestOpsOr(
        switch (WaitView.state(desc, read)) {
          case ACCEPT -> SelectionKey.OP_ACCEPT;
          case CONNECT -> SelectionKey.OP_CONNECT;
          case IO_READ -> SelectionKey.OP_READ;
          default -> SelectionKey.OP_WRITE;
        });
  }

  /**
   * One thread at a time wakes the selector, for all, as that takes a monitor too. It does so
   * pinned: a task that unmounted here would need a carrier to continue, and those that left their
   * wakeups to it would have woken nobody.
   */
  @Override
  public void wakeup() {
    if (wakeups.getAndIncrement() == 0) {
      Pinning.pin();
      try {
        int made = 1;
        do {
          selector.wakeup();
          made = wakeups.addAndGet(-made);
        } while (made != 0);
      } catch (Throwable e) { // such as no memory: the next one tries again
        wakeups.set(0);
        throw e;
      } finally {
        Pinning.unpin();
      }
    }
  }

  @Override
  public void makeUp() {
    FdMutex.makeUp();
  }

  @Override
  public PollDesc register(LateChannel channel) throws IOException {
    var _ = channel.channel(); // whose poll must not have to make it
    var desc = new PollDesc(this, channel, 0);
    registrations.incrementAndGet();
    request(desc, REGISTER);
    return desc;
  }

  @Override
  public void deregister(PollDesc desc, Runnable released) {
    StackRoom.requireForWakeup();
    int left = registrations.decrementAndGet();
    assert left >= 0 : "more channels deregistered than were registered";
    request(new Request(desc, CLOSE, released));
    if (closed) {
      desc.closeChannel(released); // nobody polls any more
    } else {
      wakeup();
    }
  }

  @Override
  public void arm(PollDesc desc, boolean read) {
    request(desc, read ? READ : WRITE);
  }

  @Override
  public boolean hasRegistrations() {
    return registrations.get() > 0 || !requests.isEmpty();
  }

  /** Any open socket counts: the keys are for the poll alone to look at. */
  @Override
  public boolean hasWaiters() {
    return hasRegistrations();
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public boolean isLevelTriggered() {
    return true;
  }

  @Override
  public String kind() {
    return "selector";
  }

  @Override
  public void close() {
    closed = true;
    try {
      handleRequests();
      selector.close();
      closeReleased();
    } catch (IOException e) {
      throw new UncheckedIOException("selector close failed", e);
    }
  }
}
