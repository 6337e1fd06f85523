package dev.heddle.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the headers of a recording's chunks before anything is read: is it a recording, is it
 * whole, how long is it.
 *
 * <p>A recording is a row of self-contained chunks. A header (68 bytes, big endian) says: magic
 * {@code FLR\0}, version, chunk size, positions of the last constant pool and of the metadata,
 * start and duration in nanoseconds, start in ticks, ticks a second, state (0 = finished), flags.
 * The JDK's own reader waits for ever for the end of a chunk that a crashed process left
 * unfinished, and loses the last event before a cut; so damaged files are known here first.
 */
record ChunkScan(List<Chunk> chunks, Damage damage, long fileSize) {
  static final int HEADER_BYTES = 68;
  static final int MAGIC = 0x464c5200; // "FLR\0"
  static final int SIZE_AT = 8;
  static final int CONSTANTS_AT = 16;
  static final int METADATA_AT = 24;
  static final int STATE_AT = 64;
  private static final int START_NANOS_AT = 32;
  private static final int DURATION_AT = 40;
  private static final int START_TICKS_AT = 48;
  private static final int TICKS_PER_SECOND_AT = 56;

  /**
   * One chunk.
   *
   * @param size bytes there are of it
   * @param whole whether it can be read as it stands
   */
  record Chunk(
      long position,
      long size,
      boolean whole,
      long startNanos,
      long durationNanos,
      long startTicks,
      long ticksPerSecond) {}

  static ChunkScan of(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new TraceException(file + ": no such file");
    }
    if (Files.isDirectory(file)) {
      throw new TraceException(file + " is a folder, not a recording");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return scan(file, channel);
    } catch (AccessDeniedException e) {
      throw new TraceException(file + ": may not be read (permission denied)", e);
    }
  }

  private static ChunkScan scan(Path file, FileChannel channel) throws IOException {
    long fileSize = channel.size();
    var chunks = new ArrayList<Chunk>();
    var header = ByteBuffer.allocate(HEADER_BYTES);
    long position = 0;
    while (position < fileSize) {
      header.clear();
      while (header.hasRemaining() && channel.read(header, position + header.position()) >= 0) {}
      if (header.position() < Integer.BYTES || header.getInt(0) != MAGIC) {
        if (chunks.isEmpty()) {
          throw new TraceException(file + " is not a Flight Recorder recording");
        }
        return new ChunkScan(chunks, Damage.TRUNCATED, fileSize);
      }
      if (header.hasRemaining()) {
        return new ChunkScan(chunks, Damage.TRUNCATED, fileSize);
      }
      boolean finished = header.get(STATE_AT) == 0;
      long promised = header.getLong(SIZE_AT);
      long rest = fileSize - position;
      boolean whole = finished && promised > HEADER_BYTES && promised <= rest;
      long size = whole ? promised : rest;
      chunks.add(chunk(header, position, size, whole));
      if (!whole) {
        return new ChunkScan(chunks, finished ? Damage.TRUNCATED : Damage.UNFINISHED, fileSize);
      }
      position += size;
    }
    if (chunks.isEmpty()) {
      throw new TraceException(file + " is empty, not a recording");
    }
    return new ChunkScan(chunks, Damage.NONE, fileSize);
  }

  private static Chunk chunk(ByteBuffer header, long position, long size, boolean whole) {
    return new Chunk(
        position,
        size,
        whole,
        header.getLong(START_NANOS_AT),
        header.getLong(DURATION_AT),
        header.getLong(START_TICKS_AT),
        Math.max(1, header.getLong(TICKS_PER_SECOND_AT)));
  }

  boolean whole() {
    return damage == Damage.NONE;
  }

  /** Wall-clock start of the recording, nanoseconds since 1970. */
  long startEpochNanos() {
    return chunks.isEmpty() ? 0 : chunks.getFirst().startNanos();
  }

  /** About how long the recording is; a header of an unfinished chunk says less than there is. */
  long spanNanos() {
    if (chunks.isEmpty()) {
      return 0;
    }
    Chunk last = chunks.getLast();
    return last.startNanos() + last.durationNanos() - startEpochNanos();
  }

  /** Ticks of Flight Recorder's clock to nanoseconds since the recording's start. */
  TickClock clock() {
    return chunks.isEmpty()
        ? new TickClock(0, 1)
        : new TickClock(chunks.getFirst().startTicks(), chunks.getFirst().ticksPerSecond());
  }

  /**
   * Every chunk anchors its ticks to the wall clock again, which may be set back in between; ticks
   * themselves run on, so all times are reckoned from those of the first chunk.
   */
  record TickClock(long startTicks, long ticksPerSecond) {
    private static final long NANOS = 1_000_000_000L;

    long sinceStart(long ticks) {
      return span(ticks - startTicks);
    }

    long span(long ticks) {
      // Whole seconds apart, so that neither overflow nor rounding grows with the length of a
      // recording.
      long seconds = ticks / ticksPerSecond;
      long rest = ticks % ticksPerSecond;
      return seconds * NANOS + Math.round(rest * ((double) NANOS / ticksPerSecond));
    }
  }
}
