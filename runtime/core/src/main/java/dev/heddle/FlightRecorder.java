package dev.heddle;

import dev.heddle.scheduler.events.HeddleEvents;
import dev.heddle.scheduler.events.OpenSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records all the time and keeps the last moments, until somebody or a rule wants them in a file.
 *
 * <p>A rule that holds writes on a thread of its own: the task that noticed it goes on.
 */
final class FlightRecorder implements OpenSpan.Watcher, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heddle.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private final String name;
  private final FlightRecorderOptions options;
  private final long longSpanNanos;
  private final Recording recording;
  private final AtomicInteger written = new AtomicInteger();

  /** When a rule may write again; by CAS, so that one of those that notice it at once does. */
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

  private FlightRecorder(String name, FlightRecorderOptions options, Recording recording) {
    this.name = name;
    this.options = options;
    this.recording = recording;
    Duration longSpan = options.longSpan();
    this.longSpanNanos = longSpan == null ? Long.MAX_VALUE : longSpan.toNanos();
  }

  static FlightRecorder start(String name, FlightRecorderOptions options) {
    var recording = new Recording(HeddleEvents.configuration());
    recording.setName(name + "-flight");
    recording.setToDisk(true);
    recording.setMaxAge(options.keep());
    recording.start();
    var recorder = new FlightRecorder(name, options, recording);
    if (options.longSpan() != null) {
      OpenSpan.watch(recorder);
    }
    return recorder;
  }

  /** Writes what is kept. */
  Path dump() throws IOException {
    String moment = MOMENT.format(LocalDateTime.now(ZoneId.systemDefault()));
    String file = name + "-" + moment + "-" + written.incrementAndGet() + ".jfr";
    Path path = options.folder().resolve(file).toAbsolutePath();
    recording.dump(path);
    return path;
  }

  @Override
  public void ended(String span, long nanos) {
    if (nanos < longSpanNanos) {
      return;
    }
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
      Thread.ofPlatform().daemon().name(name + "-flight").start(() -> write(span, nanos));
    }
  }

  private void write(String span, long nanos) {
    try {
      LOG.warn("span {} took {} ms: the trace is in {}", span, nanos / 1_000_000, dump());
    } catch (IOException | IllegalStateException e) {
      LOG.warn("span {} took {} ms, and its trace cannot be written", span, nanos / 1_000_000, e);
    }
  }

  @Override
  public void close() {
    OpenSpan.unwatch(this);
    recording.close();
  }
}
