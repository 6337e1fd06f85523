package dev.heddle.trace;

import dev.heddle.trace.ChunkScan.Chunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording once, as a stream, and hands on what is ours.
 *
 * <p>A whole file is read as it stands. A damaged one is read chunk by chunk through a temporary
 * copy, of which the last is mended by {@link ChunkSalvage}.
 */
public final class RecordingReader {
  private static final int EVENTS_PER_PROGRESS = 4096;

  private final Path file;
  private final ChunkScan scan;
  private final EventDecoder decoder;
  private final Consumer<TraceEvent> sink;
  private final Progress progress;
  private final OpenSlices openSlices = new OpenSlices();

  private long events;
  private long heddleEvents;
  private long endNanos;
  private long unreadBytes;
  private Damage damage;

  /** Told now and then how far reading has come. */
  public interface Progress {
    /** Reports to nobody. */
    Progress NONE = (nanos, ofNanos) -> {};

    void reached(long nanos, long ofNanos);
  }

  private RecordingReader(Path file, ChunkScan scan, Consumer<TraceEvent> sink, Progress progress) {
    this.file = file;
    this.scan = scan;
    this.decoder = new EventDecoder(scan.clock());
    this.sink = sink;
    this.progress = progress;
    this.damage = scan.damage();
  }

  /**
   * Reads all there is.
   *
   * @throws TraceException if it is no recording, or none of ours, or nothing of it can be read
   */
  public static ReadReport read(Path file, Consumer<TraceEvent> sink, Progress progress)
      throws IOException {
    return new RecordingReader(file, ChunkScan.of(file), sink, progress).read();
  }

  /**
   * As {@link #read(Path, Consumer, Progress)}, but decodes on a thread of its own while {@code
   * sink} works, on the calling thread. {@code progress} is told on the other.
   */
  public static ReadReport readAhead(Path file, Consumer<TraceEvent> sink, Progress progress)
      throws IOException {
    try (var ahead = new ReadAhead(file, progress)) {
      return ahead.into(sink);
    }
  }

  /** Reads all there is, without a report of progress. */
  public static ReadReport read(Path file, Consumer<TraceEvent> sink) throws IOException {
    return read(file, sink, Progress.NONE);
  }

  private ReadReport read() throws IOException {
    if (scan.whole()) {
      readPart(file, scan.fileSize());
    } else {
      readSalvaged();
    }
    for (TraceEvent.Slice slice : openSlices.until(endNanos)) {
      sink.accept(slice);
    }
    if (heddleEvents == 0) {
      throw new TraceException(nothingFound());
    }
    return new ReadReport(
        file,
        scan.startEpochNanos(),
        endNanos,
        events,
        heddleEvents,
        decoder.runtimes(),
        damage,
        unreadBytes);
  }

  private String nothingFound() {
    return switch (damage) {
      case NONE ->
          file
              + " has no Heddle events (record with the heddle.jfc settings: heddle trace"
              + " settings)";
      case TRUNCATED -> file + " is cut off or damaged: no Heddle event in it can be read";
      case UNFINISHED ->
          file + " was never finished (its process crashed) and no Heddle event in it can be read";
    };
  }

  private void readSalvaged() throws IOException {
    Path copy = Files.createTempFile("heddle-trace", ".jfr");
    try {
      for (Chunk chunk : scan.chunks()) {
        if (ChunkSalvage.copy(file, chunk, copy)) {
          readPart(copy, chunk.size());
          unreadBytes += chunk.size() - Files.size(copy);
        } else {
          unreadBytes += chunk.size();
        }
      }
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private void readPart(Path part, long bytes) throws IOException {
    try (RecordingFile recording = open(part)) {
      for (RecordedEvent event = next(recording); event != null; event = next(recording)) {
        accept(event);
      }
    } catch (DamagedException e) {
      if (damage == Damage.NONE) {
        damage = Damage.TRUNCATED;
      }
      unreadBytes += bytes;
    }
  }

  private static RecordingFile open(Path part) throws DamagedException {
    try {
      return new RecordingFile(part);
    } catch (IOException | RuntimeException | VirtualMachineError e) {
      throw new DamagedException(e);
    }
  }

  /** Apart from {@link #accept}, so that only the parser's exceptions count as damage. */
  private static @Nullable RecordedEvent next(RecordingFile recording) throws DamagedException {
    try {
      return recording.hasMoreEvents() ? recording.readEvent() : null;
    } catch (IOException | RuntimeException | VirtualMachineError e) {
      throw new DamagedException(e);
    }
  }

  private void accept(RecordedEvent recorded) throws TraceException {
    if (++events % EVENTS_PER_PROGRESS == 0) {
      progress.reached(endNanos, Math.max(endNanos, scan.spanNanos()));
    }
    TraceEvent event;
    try {
      event = decoder.decode(recorded);
    } catch (IllegalArgumentException e) {
      throw new TraceException(
          file + " was recorded by another version of Heddle: " + e.getMessage(), e);
    }
    if (event == null) {
      return;
    }
    if (!(event instanceof TraceEvent.OfJdk)) {
      heddleEvents++;
      endNanos = Math.max(endNanos, event.endNanos());
    }
    openSlices.see(event);
    sink.accept(event);
  }

  /**
   * The parser gave up. Of damaged bytes it also makes internal errors, and arrays larger than the
   * memory.
   */
  private static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(Throwable cause) {
      super(cause);
    }
  }
}
