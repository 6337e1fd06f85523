package dev.heddle.netio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a TLS client, looked at before the engine gets it: the server must know the
 * name that the client asks for to choose its engine.
 *
 * <p>The message may be cut over any number of records, at any byte, and its records may come in
 * any pieces. What is no such message names nothing, and is left to the engine, which refuses it
 * with the alert that belongs to it. All that was read is kept for the engine.
 *
 * <p>Source: RFC 8446, 4.1.2 and 5.1; RFC 6066, 3. For one thread at a time.
 */
final class ClientHello {
  private static final int RECORD_HEADER = 5;
  private static final int RECORD_LENGTH_AT = 3;
  private static final int MAX_RECORD = 1 << 14;
  private static final byte HANDSHAKE_RECORD = 22;

  private static final int MESSAGE_HEADER = 4;
  private static final byte CLIENT_HELLO = 1;

  /** The JDK's engine refuses longer ones (jdk.tls.maxHandshakeMessageSize). */
  private static final int MAX_MESSAGE = 1 << 15;

  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;

  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private ByteBuffer raw = ByteBuffer.allocate(2048); // what was read, ready for more
  private int record; // where the record begins that is not in the message yet
  private int wanted = MESSAGE_HEADER; // bytes of the message; known when its header is there

  /**
   * Waits for the whole message. A call that was cut short by a deadline or an interrupt may be
   * made again.
   *
   * @throws ClosedChannelException if the stream ends before
   */
  void readFrom(ReadableByteChannel conn) throws IOException {
    while (!isDecided()) {
      if (!raw.hasRemaining()) {
        raw = ByteBuffer.allocate(2 * raw.capacity()).put(raw.flip());
      }
      if (conn.read(raw) < 0) {
        throw new ClosedChannelException();
      }
    }
  }

  /** What was read, for the engine. */
  ByteBuffer bytes() {
    return raw.duplicate().flip();
  }

  /** Takes the records that are there; true if the message is whole, or is none. */
  private boolean isDecided() {
    while (raw.position() > record) {
      if (raw.get(record) != HANDSHAKE_RECORD) {
        return true;
      }
      int available = raw.position() - record - RECORD_HEADER;
      if (available < 0) {
        return false;
      }
      int length = Short.toUnsignedInt(raw.getShort(record + RECORD_LENGTH_AT));
      if (length == 0 || length > MAX_RECORD) {
        return true;
      }
      if (available < length) {
        return false;
      }
      message.write(raw.array(), record + RECORD_HEADER, length);
      record += RECORD_HEADER + length;
      if (hasMessage()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasMessage() {
    if (wanted == MESSAGE_HEADER && message.size() >= MESSAGE_HEADER) {
      ByteBuffer header = ByteBuffer.wrap(message.toByteArray());
      wanted += header.get(0) == CLIENT_HELLO ? header.getInt(0) & 0xff_ffff : 0;
    }
    return message.size() >= Math.min(wanted, MAX_MESSAGE);
  }

  /** The name that the client asks for; null if it names none, or not as the RFC has it. */
  @Nullable String serverName() {
    try {
      ByteBuffer hello = ByteBuffer.wrap(message.toByteArray()).limit(wanted);
      skip(hello, MESSAGE_HEADER + VERSION_AND_RANDOM);
      skip(hello, unsignedByte(hello)); // session
      skip(hello, unsignedShort(hello)); // cipher suites
      skip(hello, unsignedByte(hello)); // compression methods
      ByteBuffer extensions = take(hello, unsignedShort(hello));
      while (extensions.hasRemaining()) {
        int type = unsignedShort(extensions);
        ByteBuffer extension = take(extensions, unsignedShort(extensions));
        if (type == SERVER_NAME) {
          return hostName(take(extension, unsignedShort(extension)));
        }
      }
      return null;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null; // cut off, or no name of a host
    }
  }

  private static @Nullable String hostName(ByteBuffer names) {
    while (names.hasRemaining()) {
      int type = unsignedByte(names);
      ByteBuffer name = take(names, unsignedShort(names));
      if (type == HOST_NAME) {
        byte[] bytes = new byte[name.remaining()];
        name.get(bytes);
        return new SNIHostName(bytes).getAsciiName(); // which refuses what is no such name
      }
    }
    return null;
  }

  private static ByteBuffer take(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer taken = from.slice(from.position(), length);
    from.position(from.position() + length);
    return taken;
  }

  private static void skip(ByteBuffer from, int length) {
    take(from, length);
  }

  private static int unsignedByte(ByteBuffer from) {
    return Byte.toUnsignedInt(from.get());
  }

  private static int unsignedShort(ByteBuffer from) {
    return Short.toUnsignedInt(from.getShort());
  }
}
