package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that records and is killed leaves a chunk without an end, which is read as far as it
 * goes.
 */
@Timeout(180)
final class CrashedRecordingTest {
  private static final long SECOND = 1_000_000_000;

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

  /** What can be read of a chunk. */
  private record Part(ReadReport report, List<Slice> slices) {
    static Part of(Path chunk) throws IOException {
      var slices = new ArrayList<Slice>();
      ReadReport report =
          RecordingReader.read(
              chunk,
              event -> {
                if (event instanceof Slice slice) {
                  slices.add(slice);
                }
              });
      return new Part(report, slices);
    }

    boolean isMuch() {
      return slices.size() > 1000 && report.spanNanos() > SECOND;
    }
  }

  @Test
  void isReadAsFarAsItGoes() throws IOException, InterruptedException {
    Path repository = folder.resolve("repository");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // One chunk, however long it takes.
                "-XX:FlightRecorderOptions:maxchunksize=1g,repository=" + repository,
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.resolve("never.jfr").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("victim.log").toFile())
            .start();
    try {
      while (!muchIsOnDisk(repository)) { // Flight Recorder flushes once a second
        boolean ended = victim.waitFor(100, TimeUnit.MILLISECONDS);
        assertFalse(ended, () -> "it died by itself: " + log());
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    Path left = largestChunk(repository);
    assertEquals(Damage.UNFINISHED, ChunkScan.of(left).damage());

    Part part = Part.of(left);
    assertEquals(Damage.UNFINISHED, part.report.damage());
    assertTrue(part.report.damageLine().contains("never finished"), part.report.damageLine());
    assertTrue(part.isMuch(), part.slices.size() + " slices, " + part.report.spanNanos() + " ns");
    assertTrue(part.slices.stream().noneMatch(s -> s.taskName().isEmpty()));
  }

  private static boolean muchIsOnDisk(Path repository) {
    try {
      return Part.of(largestChunk(repository)).isMuch();
    } catch (IOException | RuntimeException e) {
      return false; // nothing yet, or just being written
    }
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
