package dev.heddle.examples;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The records of a segment of a {@link DiskQueue}, read one after the other: the length of a body,
 * a checksum of both, the body. Used by one thread at a time, which it blocks.
 */
final class DiskRecords implements Closeable {
  /** The bytes of a record that are not its body. */
  static final int HEADER = 8;

  /** How far it reads ahead, in bytes. */
  static final int AHEAD = 64 * 1024;

  /** The number of the first. */
  final long base;

  /** Where the next record begins. */
  long at;

  private final FileChannel channel;
  private ByteBuffer ahead = ByteBuffer.allocate(AHEAD).limit(0); // what stands there

  DiskRecords(long base, Path file) throws IOException {
    this.base = base;
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  static ByteBuffer encode(byte[] body) {
    var record = ByteBuffer.allocate(HEADER + body.length);
    return record.putInt(body.length).putInt(checksum(body)).put(body).flip();
  }

  private static int checksum(byte[] body) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4).putInt(0, body.length)); // so zeros are no record
    crc.update(body);
    return (int) crc.getValue();
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Drops all from the next record on. */
  void truncate() throws IOException {
    channel.truncate(at).force(false);
  }

  /** Continues with the record of a number, which is within a limit. */
  void skip(long number, long limit) throws IOException {
    for (long n = base; n < number; n++) {
      next(limit);
    }
  }

  /** The body of the next record; null if there is no whole and sound one before a limit. */
  byte @Nullable [] next(long limit) throws IOException {
    if (!has(HEADER, limit)) {
      return null;
    }
    int length = ahead.getInt(ahead.position());
    int checksum = ahead.getInt(ahead.position() + 4);
    if (length < 0 || length > limit - at - HEADER || !has(HEADER + length, limit)) {
      return null;
    }
    var body = new byte[length];
    ahead.get(ahead.position() + HEADER, body);
    if (checksum(body) != checksum) {
      return null;
    }
    ahead.position(ahead.position() + HEADER + length);
    at += HEADER + length;
    return body;
  }

  private boolean has(int bytes, long limit) throws IOException {
    if (ahead.remaining() < bytes && limit - at >= bytes) {
      var more = ByteBuffer.allocate(Math.max(bytes, AHEAD)).put(ahead);
      more.limit((int) Math.min(more.capacity(), limit - at));
      for (int n = 0; more.hasRemaining() && n >= 0; ) {
        n = channel.read(more, at + more.position());
      }
      ahead = more.flip();
    }
    return ahead.remaining() >= bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
