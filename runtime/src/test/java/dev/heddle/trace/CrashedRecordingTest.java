package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.ChunkScan.Damage;
import dev.heddle.trace.TraceEvent.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that records and is killed leaves a chunk without an end, which is read as far as it
 * goes.
 */
final class CrashedRecordingTest {
  /** Flight Recorder flushes once a second. */
  private static final long LIFE_MILLIS = 3500;

  @TempDir Path folder;

  /** The program that is killed: records for ever. */
  static final class Victim {
    public static void main(String[] args) throws IOException {
      try (TraceRecorder _ = TraceRecorder.start(Path.of(args[0]))) {
        while (true) {
          SyntheticLoad.run(1, 20, 20_000);
        }
      }
    }
  }

  @Test
  void isReadAsFarAsItGoes() throws IOException, InterruptedException {
    Path repository = folder.resolve("repository");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:FlightRecorderOptions:repository=" + repository,
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.resolve("never.jfr").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("victim.log").toFile())
            .start();
    try {
      boolean ended = victim.waitFor(LIFE_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(!ended, () -> "it died by itself: " + log());
    } finally {
      victim.destroyForcibly().waitFor();
    }
    Path left = largestChunk(repository);
    assertEquals(Damage.UNFINISHED, ChunkScan.of(left).damage());

    var events = new ArrayList<TraceEvent>();
    ReadReport report = RecordingReader.read(left, events::add);
    assertEquals(Damage.UNFINISHED, report.damage());
    assertTrue(report.damageLine().contains("never finished"), report.damageLine());
    List<Slice> slices =
        events.stream().filter(e -> e instanceof Slice).map(e -> (Slice) e).toList();
    assertTrue(slices.size() > 1000, slices.size() + " slices");
    assertTrue(report.spanNanos() > 1_000_000_000L, report.spanNanos() + " ns read");
    assertTrue(
        slices.stream().allMatch(s -> s.taskName().startsWith("conn-") || !s.taskName().isEmpty()));
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("victim.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Path largestChunk(Path repository) throws IOException {
    try (Stream<Path> files = Files.walk(repository)) {
      return files
          .filter(f -> f.toString().endsWith(".jfr"))
          .max(Comparator.comparingLong(f -> f.toFile().length()))
          .orElseThrow();
    }
  }
}
