package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A summary needs memory for what it says, not for how long the recording is. */
final class BoundedMemoryTest {
  private static final long TOTAL_BYTES = 120L << 20;
  private static final String HEAP = "-Xmx40m";

  @TempDir Path folder;

  /** Summarises in a JVM of its own. */
  static final class Reader {
    public static void main(String[] args) throws IOException {
      var summary = new Summary();
      ReadReport report = RecordingReader.read(Path.of(args[0]), summary::accept);
      System.out.println(summary.times.all().slices() + " " + report.whole());
    }
  }

  /** Writes a page, of as many slices as fit. */
  static final class PageWriter {
    private PageWriter() {}

    public static void main(String[] args) throws IOException {
      var timeline = new Timeline(0, Long.MAX_VALUE, Timeline.slicesThatFit());
      SyntheticTimeline.fill(timeline, Integer.parseInt(args[0]), 4);
      var meta =
          new HtmlPage.Meta("long.jfr", 0, 0, 1, List.of("one"), List.of(), new Causes().report(1));
      HtmlPage.write(timeline, meta, OutputStream.nullOutputStream());
      System.out.println(timeline.slices.size() + " " + timeline.trimmed());
    }
  }

  @Test
  void aPageShowsAsMuchAsFitsIntoTheHeap() {
    ChildJvm child = ChildJvm.run(List.of("-Xmx80m"), PageWriter.class, "400000");
    assertEquals(0, child.exitCode(), child.output());
    String[] words = child.output().strip().split(" ", -1);
    assertEquals("true", words[1], child.output());
    assertTrue(Integer.parseInt(words[0]) > 80_000, child.output());
  }

  private static long slicesIn(Path recording) throws IOException {
    var summary = new Summary();
    RecordingReader.read(recording, summary::accept);
    return summary.times.all().slices();
  }

  @Test
  void aRecordingThreeTimesTheHeapIsSummarised() throws IOException, InterruptedException {
    Path one = folder.resolve("one.jfr");
    SyntheticLoad.record(one, 2, 8_000, 200);
    long slices = slicesIn(one); // of those emitted a busy disk may have lost some
    byte[] chunk = Files.readAllBytes(one);
    Path big = folder.resolve("big.jfr");
    long copies = TOTAL_BYTES / chunk.length + 1;
    try (var out = Files.newOutputStream(big)) {
      for (long i = 0; i < copies; i++) {
        out.write(chunk);
      }
    }
    Path printed = folder.resolve("printed");
    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                big.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertTrue(reader.waitFor(3, TimeUnit.MINUTES), "reads too slowly");
    assertEquals(slices * copies + " true", Files.readString(printed).strip());
  }
}
