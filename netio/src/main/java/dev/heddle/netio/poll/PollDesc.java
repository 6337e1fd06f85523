package dev.heddle.netio.poll;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.events.NetworkWait;
import dev.heddle.scheduler.time.Clock;
import dev.heddle.scheduler.time.Timer;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A poll descriptor: what is known of the readiness of one channel, which threads wait for it, and
 * until when.
 *
 * <p>Each direction is a {@link PollSide} with at most one waiter; the callers' {@link FdMutex}
 * sees to that. An operation goes: {@code prepare}, try the system call, if there was nothing
 * {@code await}, and from the beginning.
 *
 * <p>Source: Go's {@code pollDesc} and {@code internal/poll.pollDesc}.
 */
public final class PollDesc {
  private static final Logger LOG = LoggerFactory.getLogger(PollDesc.class);
  private static final Object[] NOTHING = {};

  private final ReadinessPoller poller;
  final LateChannel channel;
  final int fd;

  /**
   * Distinguishes this registration of the descriptor number from earlier ones; an event that
   * carries another is stale.
   */
  final int generation;

  private final PollSide reader = new PollSide(this);
  private final PollSide writer = new PollSide(this);

  /** Set once, by the closer. Partner: {@link PollSide}'s state, see there. */
  private volatile boolean closing;

  private volatile boolean lingers; // written by the thread that sets the socket's option

  /**
   * True once an end of stream, an error, a hang-up or an urgent mark was reported: from then on a
   * read that came back short does not mean that there is nothing more. Written by the poller only,
   * before READY; never cleared.
   */
  private volatile boolean mustTry;

  /** What an operation looks at when its wait is over. Set once, by the maker of the operations. */
  private volatile Object[] operands = NOTHING;

  /** What {@link ReadinessPoller#register} returns. */
  public PollDesc(ReadinessPoller poller, LateChannel channel, int generation) {
    this.poller = poller;
    this.channel = channel;
    this.fd = channel.fd();
    this.generation = generation;
  }

  /** The number of the channel's file descriptor; it may be used while an operation is inside. */
  public int fd() {
    return fd;
  }

  /**
   * Says which objects an operation looks at when its wait is over: the poller loads them ahead,
   * see {@link EventPrefetch}. It may do so at once.
   */
  public void operatesOn(Object... operands) {
    this.operands = operands;
  }

  // ---- the poller's side

  /** For the poller to load ahead. Not to be changed. */
  Object[] operands() {
    return operands;
  }

  /** Reports an event. Called by the thread that polls, one at a time. */
  public void ready(boolean readable, boolean writable, boolean special) {
    if (special) {
      mustTry = true;
    }
    if (readable) {
      reader.ready();
    }
    if (writable) {
      writer.ready();
    }
  }

  /** A thread has published itself as waiter; a level-triggered poller now starts to watch. */
  void arm(PollSide side) {
    poller.arm(this, side == reader);
  }

  boolean isReader(PollSide side) {
    return side == reader;
  }

  /** Whether anything waits on either side; a moment's view. */
  public boolean hasWaiter() {
    return reader.hasWaiter() || writer.hasWaiter();
  }

  /** What a thread that waits on a side waits for: for recordings. */
  void describeWait(PollSide side, NetworkWait event) {
    event.taskId = Thread.currentThread().threadId();
    event.taskName = Thread.currentThread().getName();
    event.fd = fd;
    event.peer = channel.addresses().peerText();
    event.operation = WaitView.state(this, side == reader).toString();
  }

  boolean isClosing() {
    return closing;
  }

  /**
   * Comes before each system call, and after one that found the end of the stream: if the network
   * is being closed, it may be the close of the other end.
   *
   * @throws AsynchronousCloseException if closing
   */
  public void requireOpen() throws AsynchronousCloseException {
    if (closing) {
      throw new AsynchronousCloseException();
    }
  }

  Timer newTimer(Runnable action) {
    return poller.timers().newTimer(action);
  }

  // ---- the operations' side: one reader and one writer at a time

  /** The direction of reads and accepts. */
  public PollSide reader() {
    return reader;
  }

  /** The direction of writes and connects. */
  public PollSide writer() {
    return writer;
  }

  /**
   * Waits until the time is over, on the writing side: a listener has no other use for it, and on
   * the reading side a level-triggered poller would report again and again what cannot be accepted
   * now. A thread that moves the deadline of reads meanwhile readies the {@link #writer}
   * afterwards.
   *
   * @param nanos above 0
   * @throws IOException as {@link PollSide#prepare}, also if that comes true meanwhile
   */
  public void pause(long nanos) throws IOException {
    long until = Clock.nanoTime() + nanos;
    Timer timer = newTimer(writer::ready); // remembered, if it fires before the wait begins
    try {
      for (; ; ) {
        reader.prepare();
        long deadline = reader.deadline();
        long now = Clock.nanoTime();
        if (deadline <= now) { // its own timer is about to say so
          throw PollSide.deadlineExceeded();
        }
        if (until <= now) {
          return;
        }
        timer.arm(Math.min(until, deadline));
        writer.await();
      }
    } finally {
      timer.cancel();
    }
  }

  /** Whether a read must be tried even if the one before came back short. */
  public boolean mustTryRead() {
    return mustTry;
  }

  // ---- any thread

  /**
   * Makes every pending and later operation fail, and wakes those that wait. The descriptor is
   * still open.
   */
  public void evict() {
    closing = true;
    reader.evict();
    writer.evict();
  }

  /**
   * Ends the registration and closes the channel. The last operation has left.
   *
   * @param released is run, on any thread and perhaps later, when the system has the descriptor
   *     back; it must not block
   */
  public void close(Runnable released) {
    assert closing : "closed before it was evicted";
    assert !hasWaiter() : "closed while an operation waits";
    reader.cancelTimer();
    writer.cancelTimer();
    poller.deregister(this, released);
  }

  /** Says whether closing the channel may take long: SO_LINGER has been set. Any thread. */
  public void lingers(boolean lingers) {
    this.lingers = lingers;
  }

  /**
   * Closes the channel; called once, by the poller. While bytes are unsent and SO_LINGER is set,
   * the system call that closes blocks, also on a nonblocking socket: it is then made by a thread
   * of its own, as this one may be the one that polls, or have more to close.
   */
  public void closeChannel(Runnable released) {
    if (lingers) {
      try {
        Thread.ofPlatform().daemon().name("heddle-linger").start(() -> closeChannelHere(released));
        return;
      } catch (OutOfMemoryError e) {
        // the system has no thread for it: somebody must wait
      }
    }
    closeChannelHere(released);
  }

  private void closeChannelHere(Runnable released) {
    ChannelAddresses addresses = channel.addresses(); // a closed one has none
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("close {}: {}", addresses, Errno.words(e));
    } finally {
      released.run();
    }
  }
}
