package dev.heddle.netio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.jspecify.annotations.Nullable;
import tlschannel.NeedsReadException;
import tlschannel.NeedsWriteException;

/**
 * What the TLS library sees of a connection: a channel whose calls block, and that looks
 * nonblocking when one is cut short.
 *
 * <p>The library takes any failure of its channel for the end of the connection, except "would
 * block". A deadline or an interrupt is no end: so they come as "would block", with the reason
 * inside, and the next call continues where this one stopped.
 */
final class TlsTransport implements ByteChannel {
  // The head of a record: type, version, length.
  private static final int RECORD_HEAD = 5;
  private static final int RECORD_LENGTH = 3;

  private final Conn conn;

  /**
   * Something has come since the handshake. Written by the one reader, and by the thread that makes
   * the handshake; read by the closer when they have left.
   */
  private boolean heard;

  /** Where the library reads to; it leaves what it has not decrypted at the beginning. */
  private @Nullable ByteBuffer encrypted; // by the one reader, or whoever makes the handshake

  /** Looked at before the handshake; null: not. */
  private final @Nullable ClientHello hello;

  /**
   * What the hello has read, until the library has taken it. Written by the thread that makes the
   * handshake.
   */
  private @Nullable ByteBuffer unread;

  TlsTransport(Conn conn, @Nullable ClientHello hello) {
    this.conn = conn;
    this.hello = hello;
  }

  /** Waits for what must be known before the handshake. May be called again if it is cut short. */
  void prepareHandshake() throws IOException {
    if (hello != null && unread == null) {
      hello.readFrom(this);
      unread = hello.bytes();
    }
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    encrypted = dst;
    if (unread != null && unread.hasRemaining()) {
      int n = Math.min(unread.remaining(), dst.remaining());
      dst.put(unread.slice(unread.position(), n));
      unread.position(unread.position() + n);
      return n;
    }
    try {
      int n = conn.read(dst);
      heard |= n > 0;
      return n;
    } catch (InterruptedIOException e) { // and SocketTimeoutException, which extends it
      throw new ReadCut(e);
    } catch (IOException e) {
      throw plain(e);
    }
  }

  /** Waits for bytes of the peer, and leaves them where they are. */
  void awaitReadable() throws IOException {
    try {
      conn.awaitReadable();
    } catch (IOException e) {
      throw plain(e);
    }
  }

  /** Whether the library has a whole record left to decrypt. The caller is the one reader. */
  boolean hasRecord() {
    if (unread != null && unread.hasRemaining()) {
      return true;
    }
    ByteBuffer left = encrypted;
    if (left == null || left.position() < RECORD_HEAD) {
      return false;
    }
    int length = Short.toUnsignedInt(left.getShort(RECORD_LENGTH));
    return left.position() - RECORD_HEAD >= length;
  }

  /** The handshake is done. */
  void handshaken() {
    heard = false;
  }

  boolean heardSinceHandshake() {
    return heard;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    try {
      return conn.write(src);
    } catch (InterruptedIOException e) {
      throw new WriteCut(e);
    } catch (IOException e) {
      throw plain(e);
    }
  }

  @Override
  public boolean isOpen() {
    return conn.isOpen();
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }

  /** The deadline or interrupt behind an exception of the library, or the exception itself. */
  static IOException reason(IOException e) {
    return switch (e) {
      case ReadCut cut -> plain(cut.reason);
      case WriteCut cut -> plain(cut.reason);
      default -> e;
    };
  }

  /** Without operation and addresses: the TLS connection will add its own. */
  private static IOException plain(IOException e) {
    return e.getCause() instanceof IOException cause ? cause : e;
  }

  private static final class ReadCut extends NeedsReadException {
    private static final long serialVersionUID = 1;
    final InterruptedIOException reason;

    ReadCut(InterruptedIOException reason) {
      this.reason = reason;
    }
  }

  private static final class WriteCut extends NeedsWriteException {
    private static final long serialVersionUID = 1;
    final InterruptedIOException reason;

    WriteCut(InterruptedIOException reason) {
      this.reason = reason;
    }
  }
}
