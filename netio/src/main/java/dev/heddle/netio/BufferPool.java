package dev.heddle.netio;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of direct buffers, all of one size, to borrow.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="handler"}
 *
 * <p>The memory of a direct buffer is new to the process whenever one is made, and given back by a
 * garbage collection only: one for each short connection costs more than the connection. Here as
 * many are made as were ever lent at the same time; what comes back last is lent first, while it is
 * still in the cache. All methods are thread-safe.
 */
public final class BufferPool {
  private final int bufferBytes;
  private final int most;
  private final Semaphore unlent; // fair: who has waited longest is served first
  private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();

  /**
   * Makes a pool; its buffers are made when they are needed.
   *
   * @param bufferBytes the size of each
   * @param maxBuffers how many are lent at the same time at most; who wants more waits
   * @throws IllegalArgumentException if one of them is below 1
   */
  public BufferPool(int bufferBytes, int maxBuffers) {
    if (bufferBytes < 1 || maxBuffers < 1) {
      throw new IllegalArgumentException("size and number of buffers must be positive");
    }
    this.bufferBytes = bufferBytes;
    this.most = maxBuffers;
    this.unlent = new Semaphore(maxBuffers, true);
  }

  /**
   * Borrows a buffer; waits while all are lent.
   *
   * @throws InterruptedIOException if the thread is or becomes interrupted; its interrupt status
   *     stays set
   */
  public Borrowed borrow() throws InterruptedIOException {
    if (!unlent.tryAcquire()) {
      await();
    }
    return lend();
  }

  /** Borrows a buffer, or returns null if all are lent. Never waits. */
  public @Nullable Borrowed tryBorrow() {
    return unlent.tryAcquire() ? lend() : null;
  }

  private void await() throws InterruptedIOException {
    try {
      unlent.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private Borrowed lend() {
    ByteBuffer buffer = free.pollFirst();
    try {
      if (buffer == null) {
        return new Borrowed(ByteBuffer.allocateDirect(bufferBytes));
      }
      return new Borrowed(buffer.clear().order(ByteOrder.BIG_ENDIAN)); // as a new one
    } catch (OutOfMemoryError e) {
      unlent.release();
      throw e;
    }
  }

  /** How many are lent now; a moment's view. */
  public int lent() {
    return most - unlent.availablePermits();
  }

  /** A buffer on loan. */
  public final class Borrowed implements AutoCloseable {
    private final ByteBuffer buffer;
    private final AtomicBoolean back = new AtomicBoolean();

    private Borrowed(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    /**
     * The buffer: empty, ready to be filled. Nobody may use it after {@link #close}, nor a view of
     * it.
     *
     * @throws IllegalStateException if it was given back
     */
    public ByteBuffer buffer() {
      if (back.get()) {
        throw new IllegalStateException("the buffer was given back");
      }
      return buffer;
    }

    /** Gives it back. Once is enough; again is harmless. */
    @Override
    public void close() {
      if (back.compareAndSet(false, true)) {
        free.addFirst(buffer);
        unlent.release();
      }
    }
  }
}
