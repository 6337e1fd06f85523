package dev.heddle.stress;

import dev.heddle.netio.Conn;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection that breaks one rule now and then: what a suite must notice. */
final class FaultyConn implements Conn {
  /** What goes wrong. */
  enum Fault {
    FLIPPED_BYTE,
    LOST_BYTE,
    DOUBLED_BYTE,
    SWAPPED_BYTES,
    EARLY_END,
    EARLY_DEADLINE,
    IGNORED_CLOSE
  }

  /** Breaks connections when it is their turn. */
  static Wiring wiring(Fault fault, Strikes strikes) {
    return new Wiring() {
      @Override
      public Conn conn(Conn conn) {
        return new FaultyConn(conn, fault, strikes);
      }
    };
  }

  private final Conn conn;
  private final Fault fault;
  private final Strikes strikes;
  private volatile long readDeadline = Long.MAX_VALUE;
  private volatile boolean staysOpen; // however often it is closed

  private FaultyConn(Conn conn, Fault fault, Strikes strikes) {
    this.conn = conn;
    this.fault = fault;
    this.strikes = strikes;
  }

  @Override
  public void awaitReadable() throws IOException {
    conn.awaitReadable();
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (fault == Fault.EARLY_DEADLINE && isFarAway(readDeadline) && strikes.next()) {
      throw new java.net.SocketTimeoutException("too early");
    }
    int start = dst.position();
    int n = conn.read(dst);
    if (n < 1) {
      return n;
    }
    int last = dst.position() - 1;
    return switch (fault) {
      case FLIPPED_BYTE -> {
        if (strikes.next()) {
          // Each strike another bit: the two ends of an echo must not undo each other's.
          dst.put(last, (byte) (dst.get(last) ^ 1 << (strikes.count() & 7)));
        }
        yield n;
      }
      case LOST_BYTE -> {
        if (n > 1 && strikes.next()) {
          dst.position(last);
          yield n - 1;
        }
        yield n;
      }
      case DOUBLED_BYTE -> {
        if (dst.hasRemaining() && strikes.next()) {
          dst.put(dst.get(last));
          yield n + 1;
        }
        yield n;
      }
      case SWAPPED_BYTES -> {
        if (dst.get(start) != dst.get(last) && strikes.next()) {
          byte first = dst.get(start);
          dst.put(start, dst.get(last)).put(last, first);
        }
        yield n;
      }
      case EARLY_END -> strikes.next() ? -1 : n;
      case EARLY_DEADLINE, IGNORED_CLOSE -> n;
    };
  }

  /** So far that a thread that looks at the clock after us still finds that it has not passed. */
  private static boolean isFarAway(long deadlineNanos) {
    return deadlineNanos - System.nanoTime() > 100_000;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return conn.write(src);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    return conn.write(srcs, offset, length);
  }

  @Override
  public long transferFrom(FileChannel file, long position, long count) throws IOException {
    return conn.transferFrom(file, position, count);
  }

  @Override
  public InputStream inputStream() {
    return conn.inputStream();
  }

  @Override
  public OutputStream outputStream() {
    return conn.outputStream();
  }

  @Override
  public SocketAddress localAddress() {
    return conn.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return conn.remoteAddress();
  }

  @Override
  public void closeRead() throws IOException {
    conn.closeRead();
  }

  @Override
  public void closeWrite() throws IOException {
    conn.closeWrite();
  }

  @Override
  public void setReadDeadline(long nanoTime) {
    readDeadline = nanoTime;
    conn.setReadDeadline(nanoTime);
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    conn.setReadTimeout(timeout);
  }

  @Override
  public void setWriteTimeout(Duration timeout) {
    conn.setWriteTimeout(timeout);
  }

  @Override
  public void setWriteDeadline(long nanoTime) {
    conn.setWriteDeadline(nanoTime);
  }

  @Override
  public <T> Conn setOption(SocketOption<T> option, @Nullable T value) throws IOException {
    conn.setOption(option, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
    return conn.getOption(option);
  }

  @Override
  public boolean isOpen() {
    return conn.isOpen();
  }

  @Override
  public void close() throws IOException {
    if (fault == Fault.IGNORED_CLOSE && !staysOpen && strikes.next()) {
      staysOpen = true;
    }
    if (!staysOpen) {
      conn.close();
    }
  }
}
