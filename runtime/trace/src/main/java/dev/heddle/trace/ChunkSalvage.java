package dev.heddle.trace;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes a readable chunk of one that was cut off or never finished.
 *
 * <p>Flight Recorder flushes once a second: it appends the metadata and a constant pool behind the
 * events so far. A chunk is a plain row of events {@code size, type, …}; metadata is type 0, a
 * constant pool type 1. So: walk the row as far as it holds, remember the last whole metadata and
 * constant pool, and write a copy whose header points at those.
 */
final class ChunkSalvage {
  private static final long METADATA = 0;
  private static final long CONSTANTS = 1;
  private static final int MAX_EVENT_BYTES = 1 << 28; // A size field is 4 bytes of 7 bits.

  private ChunkSalvage() {}

  /** Copies a chunk to a file of its own, mended if need be; false if nothing in it can be read. */
  static boolean copy(Path file, ChunkScan.Chunk chunk, Path target) throws IOException {
    long size = chunk.size();
    long constantsAt = 0;
    long metadataAt = 0;
    if (!chunk.whole()) {
      Walk walk = walk(file, chunk);
      if (walk.metadataAt == 0 || walk.constantsAt == 0) {
        return false;
      }
      size = walk.end;
      constantsAt = walk.constantsAt;
      metadataAt = walk.metadataAt;
    }
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      for (long done = 0; done < size; ) {
        long copied = in.transferTo(chunk.position() + done, size - done, out);
        if (copied <= 0) {
          throw new EOFException(file + " became shorter while it was read");
        }
        done += copied;
      }
      if (!chunk.whole()) {
        putLong(out, ChunkScan.SIZE_AT, size);
        putLong(out, ChunkScan.CONSTANTS_AT, constantsAt);
        putLong(out, ChunkScan.METADATA_AT, metadataAt);
        out.write(ByteBuffer.wrap(new byte[] {0}), ChunkScan.STATE_AT);
      }
    }
    return true;
  }

  private static void putLong(FileChannel out, long position, long value) throws IOException {
    out.write(ByteBuffer.allocate(Long.BYTES).putLong(0, value), position);
  }

  /** What a walk over the events of a chunk found; positions count from the chunk's start. */
  private record Walk(long end, long constantsAt, long metadataAt) {}

  private static Walk walk(Path file, ChunkScan.Chunk chunk) throws IOException {
    try (InputStream raw = Files.newInputStream(file)) {
      raw.skipNBytes(chunk.position() + ChunkScan.HEADER_BYTES);
      return walk(new DataInputStream(new BufferedInputStream(raw, 1 << 16)), chunk.size());
    }
  }

  private static Walk walk(DataInputStream in, long limit) throws IOException {
    long end = ChunkScan.HEADER_BYTES;
    long constantsAt = 0;
    long metadataAt = 0;
    var header = new Varint(in);
    while (end < limit) {
      long size;
      long type;
      try {
        header.bytes = 0;
        size = header.read();
        type = header.read();
      } catch (EOFException e) {
        break;
      }
      if (size <= header.bytes || size > MAX_EVENT_BYTES || end + size > limit) {
        break;
      }
      in.skipNBytes(size - header.bytes);
      if (type == METADATA) {
        metadataAt = end;
      } else if (type == CONSTANTS) {
        constantsAt = end;
      }
      end += size;
    }
    return new Walk(end, constantsAt, metadataAt);
  }

  /** Flight Recorder's numbers: 7 bits a byte, low first, the ninth byte whole. */
  private static final class Varint {
    private final DataInputStream in;
    private int bytes;

    Varint(DataInputStream in) {
      this.in = in;
    }

    long read() throws IOException {
      long value = 0;
      for (int shift = 0; shift < 56; shift += 7) {
        int b = in.readUnsignedByte();
        bytes++;
        value |= (long) (b & 0x7f) << shift;
        if (b < 0x80) {
          return value;
        }
      }
      bytes++;
      return value | (long) in.readUnsignedByte() << 56;
    }
  }
}
