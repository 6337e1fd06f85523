package dev.heddle.netio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one connection that nobody waits for: any thread queues them, and a task sends them in
 * that order, many in one system call.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="write-queue"}
 *
 * <p>The task is started by the first write that finds the queue empty, and ends when it is empty
 * again: a queue that is idle has none. The queue is bounded: at the high-water mark a write waits,
 * or fails, until the connection has taken enough. All methods are thread-safe.
 */
public final class WriteQueue implements AutoCloseable {
  /** Buffers of one system call: Linux takes 1024, and more than a few fill the socket. */
  private static final int MOST_BUFFERS = 64;

  private record Entry(ByteBuffer buffer, int bytes, CompletableFuture<Long> done) {}

  private final Conn conn;
  private final WriteQueueOptions options;
  private final WriteBudget counted; // has no limit
  private final Consumer<Runnable> tasks;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long queuedBytes; // those of the batch that is being written, too
  private long acceptedBytes; // since the beginning
  private boolean over; // at the high-water mark, and not yet down at the low one
  private boolean flushing; // a task writes, or is about to
  private boolean closed;
  private @Nullable Throwable failure; // of an earlier write

  /**
   * Makes a queue. Whoever writes to the connection past it breaks the order.
   *
   * @param counted of all queues, unless the options have a budget, which is counted there as well
   * @param tasks starts a task, from any thread and without blocking
   */
  WriteQueue(Conn conn, WriteQueueOptions options, WriteBudget counted, Consumer<Runnable> tasks) {
    this.conn = conn;
    this.options = options;
    this.counted = counted;
    this.tasks = tasks;
  }

  /**
   * Queues the remaining bytes of a buffer, which belongs to the queue until the future is
   * complete. Waits at the high-water mark, unless the options have it fail.
   *
   * @return completes when the connection has taken the bytes, with how many it has taken since the
   *     queue began; or with the failure of the connection, or {@link AsynchronousCloseException}
   *     if it was closed before
   * @throws WriteQueueFullException at the high-water mark, if the options say so
   * @throws ClosedChannelException if the queue is closed
   * @throws IOException if an earlier write has failed, with that failure as cause
   * @throws InterruptedIOException if interrupted while it waits; nothing is queued
   */
  public CompletableFuture<Long> write(ByteBuffer src) throws IOException {
    var entry = new Entry(src, src.remaining(), new CompletableFuture<>());
    boolean start;
    boolean queued = false;
    lock.lock();
    try {
      awaitRoom();
    } finally {
      lock.unlock();
    }
    takeOfBudget(entry.bytes); // outside of the lock, which the task needs to give some back
    lock.lock();
    try {
      requireUsable();
      entries.add(entry);
      queuedBytes += entry.bytes;
      over |= queuedBytes >= options.highWater();
      start = !flushing;
      flushing = true;
      queued = true;
    } finally {
      lock.unlock();
      if (!queued) {
        giveBack(entry.bytes);
      }
    }
    if (start) {
      startFlush();
    }
    return entry.done;
  }

  private void awaitRoom() throws IOException {
    requireUsable();
    while (over) {
      if (options.failing()) {
        throw new WriteQueueFullException(queuedBytes + " bytes are queued");
      }
      try {
        changed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      requireUsable();
    }
  }

  private void takeOfBudget(long bytes) throws IOException {
    WriteBudget budget = options.budget();
    if (budget != null && !budget.tryTake(bytes)) {
      if (options.failing()) {
        throw new WriteQueueFullException("all queues together have " + budget.usedBytes());
      }
      awaitBudget(budget, bytes);
    }
    boolean _ = counted.tryTake(bytes);
  }

  private void awaitBudget(WriteBudget budget, long bytes) throws IOException {
    try {
      if (!budget.take(bytes, this::isUseless)) {
        requireUsable();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void giveBack(long bytes) {
    WriteBudget budget = options.budget();
    if (budget != null) {
      budget.give(bytes);
    }
    counted.give(bytes);
  }

  /** It takes no write any more. */
  private boolean isUseless() {
    lock.lock();
    try {
      return closed || failure != null;
    } finally {
      lock.unlock();
    }
  }

  /** Those that wait for the budget see that this queue is closed, or has failed. */
  private void disturbBudget() {
    WriteBudget budget = options.budget();
    if (budget != null) {
      budget.disturb();
    }
  }

  private void requireUsable() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (failure != null) {
      throw new IOException("an earlier write has failed: " + failure.getMessage(), failure);
    }
  }

  private void startFlush() {
    try {
      tasks.accept(this::flush);
    } catch (RuntimeException | Error e) { // no task to be had
      fail(List.of(), e);
    }
  }

  /** The task's body: one at a time. */
  private void flush() {
    var batch = new ArrayList<Entry>(MOST_BUFFERS);
    try {
      while (take(batch)) {
        var buffers = batch.stream().map(Entry::buffer).toArray(ByteBuffer[]::new);
        long _ = conn.write(buffers);
        written(batch);
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(batch, e);
    }
  }

  /** False if there is nothing left: the task ends. */
  private boolean take(List<Entry> batch) {
    batch.clear();
    lock.lock();
    try {
      for (Entry next; batch.size() < MOST_BUFFERS && (next = entries.poll()) != null; ) {
        batch.add(next);
      }
      if (batch.isEmpty()) {
        flushing = false;
        changed.signalAll();
      }
      return !batch.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void written(List<Entry> batch) {
    long before;
    lock.lock();
    try {
      before = acceptedBytes;
      for (Entry entry : batch) {
        queuedBytes -= entry.bytes;
        acceptedBytes += entry.bytes;
      }
      assert queuedBytes >= 0 : "more written than queued";
      if (over && queuedBytes <= options.lowWater()) {
        over = false;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    for (Entry entry : batch) {
      giveBack(entry.bytes);
      before += entry.bytes;
      entry.done.complete(before);
    }
  }

  private void fail(List<Entry> batch, Throwable why) {
    var all = new ArrayList<>(batch);
    lock.lock();
    try {
      all.addAll(entries);
      entries.clear();
      queuedBytes = 0;
      over = false;
      flushing = false;
      failure = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    disturbBudget();
    for (Entry entry : all) {
      giveBack(entry.bytes);
      entry.done.completeExceptionally(why);
    }
  }

  /** How many bytes are queued and not written; a moment's view. */
  public long queuedBytes() {
    lock.lock();
    try {
      return queuedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Closes with the grace time of the options, see {@link #close(Duration)}. */
  @Override
  public void close() throws IOException {
    boolean _ = close(options.grace());
  }

  /**
   * Refuses further writes, waits until what is queued is written, for {@code grace} at most, and
   * closes the connection. What is still queued by then fails. An interrupt ends the wait; the
   * interrupt status stays set.
   *
   * @return whether everything that was queued was written
   */
  public boolean close(Duration grace) throws IOException {
    boolean flushed;
    lock.lock();
    try {
      closed = true;
      changed.signalAll(); // those that wait for room
    } finally {
      lock.unlock();
    }
    disturbBudget();
    lock.lock();
    try {
      flushed = awaitFlushed(grace.toNanos()) && failure == null;
    } finally {
      lock.unlock();
    }
    conn.close();
    return flushed;
  }

  private boolean awaitFlushed(long nanos) {
    long left = nanos;
    try {
      while (flushing && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !flushing;
  }

  @Override
  public String toString() {
    return "WriteQueue[" + conn + ", " + queuedBytes() + " bytes]";
  }
}
