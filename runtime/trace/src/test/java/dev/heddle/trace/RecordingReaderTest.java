package dev.heddle.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole recordings are read entirely, damaged ones as far as they go, others not at all. */
final class RecordingReaderTest {
  private static final int CHUNKS = 3;

  @TempDir static Path folder;

  /** Three chunks, of different loads. */
  private static Path recording;

  private static long slices;
  private static byte[] bytes;

  @BeforeAll
  static void recordThreeChunks() throws IOException {
    var file = folder.resolve("whole.jfr");
    var parts = new ArrayList<byte[]>();
    for (int i = 0; i < CHUNKS; i++) {
      Path part = folder.resolve("part.jfr");
      slices += SyntheticLoad.record(part, 2, 50, 1_000).slices();
      parts.add(Files.readAllBytes(part));
    }
    Files.write(file, new byte[0]);
    for (byte[] part : parts) {
      Files.write(file, part, java.nio.file.StandardOpenOption.APPEND);
    }
    recording = file;
    bytes = Files.readAllBytes(file);
  }

  private static long slicesIn(List<TraceEvent> events) {
    return events.stream().filter(e -> e instanceof Slice).count();
  }

  private static Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static String failure(Path file) {
    return String.valueOf(
        assertThrows(TraceException.class, () -> RecordingReader.read(file, e -> {})).getMessage());
  }

  @Test
  void readsEveryEventOfEveryChunk() throws IOException {
    var events = new ArrayList<TraceEvent>();
    ReadReport report = RecordingReader.read(recording, events::add);
    assertEquals(slices, slicesIn(events));
    assertTrue(report.whole());
    assertEquals(0, report.unreadBytes());
    long ours = events.stream().filter(e -> !(e instanceof TraceEvent.OfJdk)).count();
    assertEquals(ours, report.heddleEvents(), "the JDK's own, such as pauses, are not counted");
    assertTrue(report.events() >= events.size());
  }

  @Test
  void readingAheadHandsOverTheSameEventsInTheSameOrder() throws IOException {
    var events = new ArrayList<TraceEvent>();
    ReadReport report = RecordingReader.read(recording, events::add);
    var ahead = new ArrayList<TraceEvent>();
    var caller = Thread.currentThread();
    ReadReport same =
        RecordingReader.readAhead(
            recording,
            event -> {
              assertEquals(caller, Thread.currentThread());
              ahead.add(event);
            },
            RecordingReader.Progress.NONE);
    assertEquals(events, ahead);
    assertEquals(report, same);
  }

  @Test
  void failuresOfTheReaderAndOfTheSinkComeOutOfReadingAhead() throws IOException {
    Path text = file("ahead.jfr", "hello".getBytes(UTF_8));
    assertThrows(
        TraceException.class,
        () -> RecordingReader.readAhead(text, e -> {}, RecordingReader.Progress.NONE));
    var failure = new IllegalStateException("full");
    assertEquals(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                RecordingReader.readAhead(
                    recording,
                    e -> {
                      throw failure;
                    },
                    RecordingReader.Progress.NONE)));
  }

  @Test
  void timesRunOnAcrossChunks() throws IOException {
    var events = new ArrayList<TraceEvent>();
    ReadReport report = RecordingReader.read(recording, events::add);
    ChunkScan scan = ChunkScan.of(recording);
    assertEquals(CHUNKS, scan.chunks().size());
    long last = events.stream().mapToLong(TraceEvent::endNanos).max().orElseThrow();
    assertEquals(last, report.spanNanos());
    long lastChunk = scan.clock().sinceStart(scan.chunks().getLast().startTicks());
    assertTrue(last > lastChunk, last + " before " + lastChunk);
    assertTrue(last < scan.spanNanos() + 50_000_000, last + " of " + scan.spanNanos());
    assertEquals(List.of(), events.stream().filter(e -> e.startNanos() < 0).toList());
  }

  @Test
  void tellsProgressFromNothingToTheEnd() throws IOException {
    var seen = new ArrayList<long[]>();
    RecordingReader.read(recording, e -> {}, (nanos, of) -> seen.add(new long[] {nanos, of}));
    // A call every 4096 events would be none here: made of a longer one.
    Path longer = folder.resolve("longer.jfr");
    SyntheticLoad.record(longer, 2, 1000, 500);
    RecordingReader.read(longer, e -> {}, (nanos, of) -> seen.add(new long[] {nanos, of}));
    assertFalse(seen.isEmpty());
    assertTrue(seen.stream().allMatch(s -> s[0] <= s[1]));
  }

  @Test
  void refusesWhatIsNoRecording() throws IOException {
    assertTrue(
        failure(file("text.jfr", "hello".getBytes(UTF_8))).contains("not a Flight Recorder"));
    assertTrue(failure(file("empty.jfr", new byte[0])).contains("empty"));
    assertTrue(failure(folder).contains("folder"));
    assertTrue(failure(folder.resolve("nowhere.jfr")).contains("no such file"));
  }

  @Test
  void refusesARecordingWithoutOurEvents() throws IOException {
    Path file = folder.resolve("foreign.jfr");
    try (var foreign = new Recording()) {
      foreign.enable("jdk.JVMInformation");
      foreign.start();
      foreign.stop();
      foreign.dump(file);
    }
    assertTrue(failure(file).contains("no Heddle events"));
  }

  @Test
  void refusesARecordingCutOffInItsHeader() throws IOException {
    assertTrue(failure(file("header.jfr", Arrays.copyOf(bytes, 40))).contains("cut off"));
  }

  @Test
  void readsTheWholeChunksOfARecordingThatWasCutOff() throws IOException {
    ChunkScan scan = ChunkScan.of(recording);
    long secondEnd = scan.chunks().get(2).position();
    var events = new ArrayList<TraceEvent>();
    Path cut = file("cut.jfr", Arrays.copyOf(bytes, (int) secondEnd + 5000));
    ReadReport report = RecordingReader.read(cut, events::add);
    assertEquals(Damage.TRUNCATED, report.damage());
    assertTrue(slicesIn(events) >= 2 * slices / CHUNKS, slicesIn(events) + " of " + slices);
    assertTrue(report.damageLine().contains("cut off"), report.damageLine());
    assertTrue(report.unreadBytes() > 0);
  }

  @Test
  void saysSoWhenBytesThatAreNoChunkFollow() throws IOException {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 999);
    var events = new ArrayList<TraceEvent>();
    ReadReport report = RecordingReader.read(file("more.jfr", longer), events::add);
    assertEquals(Damage.TRUNCATED, report.damage());
    assertEquals(slices, slicesIn(events));
  }

  @Test
  void noCutMakesItFailOtherwiseThanInOneLine() throws IOException {
    var random = new Random(3);
    for (int round = 0; round < 40; round++) {
      Path cut = file("cut.jfr", Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length - 1)));
      readOrRefuse(cut);
    }
  }

  @Test
  void noDamagedByteMakesItFailOtherwiseThanInOneLine() throws IOException {
    var random = new Random(4);
    for (int round = 0; round < 60; round++) {
      byte[] damaged = bytes.clone();
      for (int i = 0; i < 5; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      readOrRefuse(file("damaged.jfr", damaged));
    }
  }

  private static void readOrRefuse(Path file) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try {
            RecordingReader.read(file, e -> {});
          } catch (TraceException e) {
            assertFalse(String.valueOf(e.getMessage()).contains("\n"));
          }
        });
  }
}
