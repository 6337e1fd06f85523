package dev.heddle.netio.poll;

import dev.heddle.scheduler.spi.StackRoom;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serialises the readers and the writers of one descriptor, and delays its release until the last
 * operation has left.
 *
 * <p>One reader and one writer are inside at a time, others queue. Closing rejects later
 * operations, wakes queued ones, and leaves the descriptor open until those inside are out, so that
 * none of them ever touches a number that has been given to another channel. Entering and leaving
 * cost one CAS each.
 *
 * <table>
 * <caption>Fields of {@code state}, changed by CAS</caption>
 * <tr><td>CLOSED</td><td>set once by {@link #close}</td></tr>
 * <tr><td>READ_LOCKED, WRITE_LOCKED</td><td>an operation of that direction is inside</td></tr>
 * <tr><td>references</td><td>operations inside, whatever they do, and the closer while it is at work; at 0 with CLOSED set, release</td></tr>
 * <tr><td>read waiters, write waiters</td><td>threads that queue; a thread that leaves takes one off and gives it a permit</td></tr>
 * </table>
 *
 * <p><b>A stack without room</b> ({@link StackRoom}). The way in makes the same calls as the way
 * out, so a stack that lets a thread in lets it out. To wake others, or to release the descriptor,
 * takes more: a thread that has no room for that stays entered and notes it, and sysmon has it
 * left.
 *
 * <p>Source: Go's {@code internal/poll.fdMutex}.
 */
public final class FdMutex {
  private static final long CLOSED = 1;
  private static final long READ_LOCKED = 1 << 1;
  private static final long WRITE_LOCKED = 1 << 2;
  private static final long REFERENCE = 1 << 3;
  private static final long REFERENCES = (long) ((1 << 20) - 1) << 3;
  private static final long MAX_ENTERED = REFERENCES - 3 * REFERENCE; // reader, writer, closer
  private static final long READ_WAITER = 1L << 23;
  private static final long READ_WAITERS = (long) ((1 << 20) - 1) << 23;
  private static final long WRITE_WAITER = 1L << 43;
  private static final long WRITE_WAITERS = (long) ((1 << 20) - 1) << 43;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(FdMutex.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Those that a thread could not leave; {@code first} is written under the monitor. */
  private static final class Owed {
    volatile @Nullable FdMutex first;
  }

  private static final Owed OWED = new Owed();

  private volatile long state;
  private final @Nullable Runnable release;

  // Guarded by the monitor of OWED.
  private long owed; // READ_LOCKED, WRITE_LOCKED: by whom it could not be left
  private @Nullable FdMutex nextOwed;

  // Made by the first thread that queues; guarded by the monitor.
  private @Nullable Semaphore readQueue;
  private @Nullable Semaphore writeQueue;

  /** Users see to it themselves that a thread which enters has room on its stack to leave. */
  public FdMutex() {
    this.release = null;
  }

  /** {@code release} releases the descriptor, if {@link #leaveOwed} comes to that. */
  public FdMutex(Runnable release) {
    this.release = release;
  }

  /**
   * Enters as the reader, after queueing if there is one already.
   *
   * @throws ClosedChannelException if closed; {@link AsynchronousCloseException} if closed while
   *     this call queued
   * @throws IllegalStateException if a million queue already
   * @throws InterruptedIOException if interrupted while queueing; the thread's interrupt status
   *     stays set
   */
  public void lockRead() throws IOException {
    lock(READ_LOCKED, READ_WAITER, READ_WAITERS);
  }

  /** Enters as the writer, after queueing if there is one already. Throws as {@link #lockRead}. */
  public void lockWrite() throws IOException {
    lock(WRITE_LOCKED, WRITE_WAITER, WRITE_WAITERS);
  }

  /** As deep as {@link #unlock}: so whoever comes in gets out. */
  private void lock(long locked, long waiter, long waiters) throws IOException {
    long seen = state;
    if ((seen & (CLOSED | locked)) != 0
        || !STATE.compareAndSet(this, seen, (seen | locked) + REFERENCE)) {
      lockSlowly(locked, waiter, waiters);
    }
  }

  private void lockSlowly(long locked, long waiter, long waiters) throws IOException {
    boolean queued = false;
    for (; ; ) {
      long seen = state;
      if ((seen & CLOSED) != 0) {
        throw queued ? new AsynchronousCloseException() : new ClosedChannelException();
      }
      if ((seen & locked) == 0) {
        if (STATE.compareAndSet(this, seen, (seen | locked) + REFERENCE)) {
          return;
        }
      } else {
        requireRoom(seen & waiters, waiters);
        StackRoom.requireForWakeup(); // who breaks off in the queue would hold up all behind it
        if (STATE.compareAndSet(this, seen, seen + waiter)) {
          queued = true;
          awaitPermit(waiter, waiters);
        }
      }
    }
  }

  private static void requireRoom(long count, long most) {
    if (count >= most) {
      throw new IllegalStateException("too many operations on one socket at the same time");
    }
  }

  /**
   * Sleeps in the queue. A thread that gives a permit has taken one thread off the count, so that
   * threads in the queue = count + permits not yet taken. An interrupted thread takes itself off
   * the count; if that is 0, every thread in the queue has a permit coming, and it takes its own,
   * and continues as one that was woken: else the wakeup would be lost.
   */
  private void awaitPermit(long waiter, long waiters) throws InterruptedIOException {
    Semaphore queue = queue(waiter);
    try {
      queue.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      for (; ; ) {
        long seen = state;
        if ((seen & waiters) == 0) {
          queue.acquireUninterruptibly();
          return;
        }
        if (STATE.compareAndSet(this, seen, seen - waiter)) {
          throw new InterruptedIOException("interrupted");
        }
      }
    }
  }

  /**
   * Enters beside readers and writers, to use the descriptor for what needs no order: options,
   * shutdown.
   *
   * @throws ClosedChannelException if closed
   * @throws IllegalStateException if a million are inside already
   */
  public void enter() throws ClosedChannelException {
    for (; ; ) {
      long seen = state;
      if ((seen & CLOSED) != 0) {
        throw new ClosedChannelException();
      }
      requireRoom(seen & REFERENCES, MAX_ENTERED);
      StackRoom.requireForWakeup(); // for release
      if (STATE.compareAndSet(this, seen, seen + REFERENCE)) {
        return;
      }
    }
  }

  /** Leaves as the reader. True if the caller must now release the descriptor. */
  public boolean unlockRead() {
    return unlock(READ_LOCKED, READ_WAITER, READ_WAITERS);
  }

  /** Leaves as the writer. True if the caller must now release the descriptor. */
  public boolean unlockWrite() {
    return unlock(WRITE_LOCKED, WRITE_WAITER, WRITE_WAITERS);
  }

  private boolean unlock(long locked, long waiter, long waiters) {
    for (; ; ) {
      long seen = state;
      assert (seen & locked) != 0 : "left by a thread that is not inside";
      assert (seen & REFERENCES) != 0 : "locked without a reference";
      long next = (seen & ~locked) - REFERENCE;
      boolean wake = (seen & waiters) != 0;
      if (wake) {
        next -= waiter;
      }
      if ((wake || (seen & CLOSED) != 0) && release != null && !StackRoom.hasForWakeup()) {
        synchronized (OWED) { // no calls
          if (owed == 0) {
            nextOwed = OWED.first;
            OWED.first = this;
          }
          owed |= locked;
        }
        return false;
      }
      if (STATE.compareAndSet(this, seen, next)) {
        if (wake) {
          queue(waiter).release();
        }
        return (next & (CLOSED | REFERENCES)) == CLOSED;
      }
    }
  }

  /** Sysmon: has those left that threads could not leave. Never blocks. */
  static void makeUp() {
    if (OWED.first != null) {
      Thread.ofPlatform().daemon().name("heddle-leaves").start(FdMutex::leaveOwed);
    }
  }

  /** Leaves in the place of threads whose stacks were full. May block. */
  static void leaveOwed() {
    for (; ; ) {
      FdMutex mutex;
      long locked;
      synchronized (OWED) {
        mutex = OWED.first;
        if (mutex == null) {
          return;
        }
        OWED.first = mutex.nextOwed;
        mutex.nextOwed = null;
        locked = mutex.owed;
        mutex.owed = 0;
      }
      boolean last = (locked & READ_LOCKED) != 0 && mutex.unlockRead();
      last |= (locked & WRITE_LOCKED) != 0 && mutex.unlockWrite();
      if (last && mutex.release != null) {
        mutex.release.run();
      }
    }
  }

  /**
   * Rejects new operations and wakes queued ones. False if it was closed before. After true the
   * caller holds a reference: it wakes those inside, then calls {@link #release}.
   */
  public boolean close() {
    StackRoom.requireForWakeup(); // to wake those, and to release
    for (; ; ) {
      long seen = state;
      if ((seen & CLOSED) != 0) {
        return false;
      }
      long next = ((seen | CLOSED) + REFERENCE) & ~(READ_WAITERS | WRITE_WAITERS);
      if (STATE.compareAndSet(this, seen, next)) {
        wakeAll(READ_WAITER, (int) ((seen & READ_WAITERS) / READ_WAITER));
        wakeAll(WRITE_WAITER, (int) ((seen & WRITE_WAITERS) / WRITE_WAITER));
        return true;
      }
    }
  }

  /**
   * Gives back the reference of {@link #enter} or {@link #close}. True if the caller must now
   * release the descriptor.
   */
  public boolean release() {
    long seen = (long) STATE.getAndAdd(this, -REFERENCE);
    assert (seen & REFERENCES) != 0 : "a reference was given back twice";
    long next = seen - REFERENCE;
    return (next & (CLOSED | REFERENCES)) == CLOSED;
  }

  public boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  private void wakeAll(long waiter, int count) {
    if (count > 0) {
      queue(waiter).release(count);
    }
  }

  private synchronized Semaphore queue(long waiter) {
    boolean read = waiter == READ_WAITER;
    Semaphore queue = read ? readQueue : writeQueue;
    if (queue == null) {
      queue = new Semaphore(0);
      if (read) {
        readQueue = queue;
      } else {
        writeQueue = queue;
      }
    }
    return queue;
  }
}
