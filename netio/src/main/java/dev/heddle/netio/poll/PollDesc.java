package dev.heddle.netio.poll;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectableChannel;

/**
 * A poll descriptor: what is known of the readiness of one channel, and who waits for it.
 *
 * <p>Each direction is a {@link PollSide} with at most one waiter; the callers' {@link FdMutex} sees to that. An operation goes: {@code
 * prepare}, try the system call, if there was nothing {@code await}, and from the beginning.
 *
 * <p>Source: Go's {@code pollDesc} and {@code internal/poll.pollDesc}.
 */
public final class PollDesc {
  final ReadinessPoller poller;
  final SelectableChannel channel;
  final int fd;

  /** Tells this registration of the descriptor number from earlier ones; an event that carries another is stale. */
  final int generation;

  final PollSide reader = new PollSide();
  final PollSide writer = new PollSide();

  /** Set once, by the closer. Partner: {@link PollSide}'s state, see there. */
  private volatile boolean closing;

  /**
   * True once an end of stream, an error, a hang-up or an urgent mark was reported: from then on a read that came back short does
   * not mean that there is nothing more. Written by the poller only, before READY; never cleared.
   */
  private volatile boolean mustTry;

  PollDesc(ReadinessPoller poller, SelectableChannel channel, int fd, int generation) {
    this.poller = poller;
    this.channel = channel;
    this.fd = fd;
    this.generation = generation;
  }

  // ---- the poller's side

  /** Reports an event. Called by whoever polls, one at a time. */
  void ready(boolean readable, boolean writable, boolean special) {
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

  boolean mustNotWait(PollSide side) {
    return closing;
  }

  // ---- the operations' side: one reader and one writer at a time

  /**
   * Comes before each system call of a read or accept.
   *
   * @throws AsynchronousCloseException if the channel is being closed
   */
  public void prepareRead() throws IOException {
    if (closing) {
      throw new AsynchronousCloseException();
    }
  }

  /** Comes before each system call of a write or connect. */
  public void prepareWrite() throws IOException {
    if (closing) {
      throw new AsynchronousCloseException();
    }
  }

  /** Forgets earlier readable events: the system call that follows sees what they told. */
  public void clearReadable() {
    reader.clear();
  }

  /** Waits until the channel may be readable, has failed, or is being closed. */
  public void awaitReadable() throws IOException {
    reader.await(this);
  }

  /** Waits until the channel may be writable, has failed, or is being closed. */
  public void awaitWritable() throws IOException {
    writer.await(this);
  }

  /** Ends a wait for readability, or the next one, as an event would. Any thread. */
  public void signalReadable() {
    reader.ready();
  }

  /**
   * Waits on the writing side, which a listener has no other use for, until the time is over or the channel is being closed.
   *
   * @param nanos above 0
   */
  public void pause(long nanos) throws IOException {
    writer.await(this, System.nanoTime() + nanos);
  }

  /** Whether a read must be tried even if the one before came back short. */
  public boolean mustTryRead() {
    return mustTry;
  }

  /** Makes every pending and later operation fail, and wakes those that wait. Any thread; the descriptor is still open. */
  public void evict() {
    closing = true;
    reader.evict();
    writer.evict();
  }

  /** Ends the registration and closes the channel. The last operation has left. */
  public void close() throws IOException {
    poller.deregister(this);
  }
}
