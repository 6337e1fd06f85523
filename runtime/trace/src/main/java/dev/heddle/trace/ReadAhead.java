package dev.heddle.trace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Decodes a recording on a thread of its own while the caller works on what has been decoded: both
 * take about as long.
 *
 * <p>Events go over in batches. An empty one is the last, whether the reader came to the end or
 * failed; then its result, or its failure, is the caller's. A caller that fails first closes this,
 * which interrupts the reader.
 */
final class ReadAhead implements AutoCloseable {
  private static final int BATCH = 2048;
  private static final int BATCHES = 8;

  private final BlockingQueue<List<TraceEvent>> batches = new ArrayBlockingQueue<>(BATCHES);
  private final FutureTask<ReadReport> reading;
  private final Thread reader;
  private List<TraceEvent> batch = new ArrayList<>(BATCH); // the reader's own

  ReadAhead(Path file, RecordingReader.Progress progress) {
    reading = new FutureTask<>(() -> read(file, progress));
    reader = Thread.ofPlatform().daemon().name("heddle-trace-reader").start(reading);
  }

  private ReadReport read(Path file, RecordingReader.Progress progress) throws IOException {
    try {
      return RecordingReader.read(file, this::add, progress);
    } finally {
      if (!batch.isEmpty()) {
        handOver();
      }
      handOver();
    }
  }

  private void add(TraceEvent event) {
    batch.add(event);
    if (batch.size() == BATCH) {
      handOver();
    }
  }

  private void handOver() {
    try {
      batches.put(batch);
      batch = new ArrayList<>(BATCH);
    } catch (InterruptedException e) {
      throw new IllegalStateException("closed", e); // nobody takes any more
    }
  }

  /** Gives all events to {@code sink}, on the calling thread. */
  ReadReport into(Consumer<TraceEvent> sink) throws IOException {
    try {
      for (List<TraceEvent> next = batches.take(); !next.isEmpty(); next = batches.take()) {
        next.forEach(sink);
      }
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IOException(e);
      }
    }
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
