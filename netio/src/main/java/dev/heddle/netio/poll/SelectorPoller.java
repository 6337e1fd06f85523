package dev.heddle.netio.poll;

import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The poller elsewhere: a {@code java.nio} Selector, which is kqueue on macOS and what the JDK has on Windows.
 *
 * <p>A Selector is level-triggered, so a direction is watched only while somebody waits for it: {@link #arm} adds it to the key's
 * interest, and the event that ends the wait takes it out again. A Selector that is blocked takes no notice of a changed
 * interest; it is woken to do so. It is the portable poller, not the fast one.
 */
public final class SelectorPoller implements ReadinessPoller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;

  private volatile @Nullable Timers timers; // set once

  /** True while somebody is, or is about to be, blocked in select. Set before select reads interests; see {@link #arm}. */
  private volatile boolean blocked;

  public SelectorPoller() throws IOException {
    selector = Selector.open();
  }

  @Override
  public int poll(long timeoutNanos) {
    try {
      if (timeoutNanos == 0) {
        return selector.selectNow(SelectorPoller::ready);
      }
      blocked = true;
      try {
        long millis = Math.max(0, timeoutNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return selector.select(SelectorPoller::ready, timeoutNanos < 0 ? 0 : millis);
      } finally {
        blocked = false;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("select failed", e);
    }
  }

  private static void ready(SelectionKey key) {
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

  @Override
  public void wakeup() {
    selector.wakeup();
  }

  @Override
  public PollDesc register(SelectableChannel channel) throws IOException {
    var desc = new PollDesc(this, channel, ChannelFd.of(channel), 0);
    channel.register(selector, 0, desc);
    return desc;
  }

  @Override
  public void deregister(PollDesc desc) throws IOException {
    desc.channel.close();
    selector.wakeup(); // the descriptor is released by the next select
  }

  /** Adds to the interest first, then looks whether a select must be told; select does the same in the other order. */
  @Override
  public void arm(PollDesc desc, boolean read) {
    SelectionKey key = desc.channel.keyFor(selector);
    if (key == null) {
      return; // closed meanwhile: the waiter sees that next
    }
    int op;
    if (desc.channel instanceof ServerSocketChannel) {
      op = SelectionKey.OP_ACCEPT;
    } else if (read) {
      op = SelectionKey.OP_READ;
    } else if (desc.channel instanceof SocketChannel socket && !socket.isConnected()) {
      op = SelectionKey.OP_CONNECT;
    } else {
      op = SelectionKey.OP_WRITE;
    }
    try {
      key.interestOpsOr(op);
    } catch (CancelledKeyException e) {
      return;
    }
    if (blocked) {
      selector.wakeup();
    }
  }

  @Override
  public boolean hasRegistrations() {
    return !selector.keys().isEmpty();
  }

  @Override
  public void attach(Timers timers) {
    this.timers = timers;
  }

  @Override
  public Timers timers() {
    if (timers == null) {
      throw new IllegalStateException("no scheduler polls this poller yet");
    }
    return timers;
  }

  @Override
  public String kind() {
    return "selector";
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("selector close failed", e);
    }
  }
}
