package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heddle.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own tool reads our recordings, and its numbers are ours. */
final class JfrToolTest {
  @TempDir static Path folder;
  private static Path recording;
  private static final Summary summary = new Summary();

  @BeforeAll
  static void record() throws IOException {
    recording = folder.resolve("a.jfr");
    SyntheticLoad.record(recording, 2, 60, 2_000);
    RecordingReader.read(recording, summary::accept);
  }

  private static String jfr(String... arguments) {
    var command = new ArrayList<String>();
    command.add(ChildJvm.tool("jfr").toString());
    command.addAll(List.of(arguments));
    command.add(recording.toString());
    ChildJvm tool = ChildJvm.run(command);
    assertEquals(0, tool.exitCode(), tool.output());
    return tool.output();
  }

  @Test
  void countsOfEventsAgree() {
    String counts = jfr("summary");
    assertEquals(summary.times.all().slices(), count(counts, "RunSlice"));
    assertEquals(summary.times.all().created, count(counts, "TaskCreated"));
    assertEquals(summary.counters.polls, count(counts, "Poll"));
    assertEquals(summary.counters.steals, count(counts, "Steal"));
  }

  private static long count(String counts, String event) {
    Matcher line = Pattern.compile("dev\\.heddle\\." + event + "\\s+(\\d+)").matcher(counts);
    assertTrue(line.find(), event + " is missing from\n" + counts);
    return Long.parseLong(line.group(1));
  }

  /** It prints spans of time as ISO 8601, to the nanosecond. */
  @Test
  void runningTimeAgrees() throws IOException {
    String json = jfr("print", "--json", "--events", "dev.heddle.RunSlice");
    long ran = 0;
    long recorded = 0;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "ranNanos".equals(parser.currentName())) {
          ran += Duration.parse(parser.getText()).toNanos();
        } else if (token == JsonToken.VALUE_STRING && "duration".equals(parser.currentName())) {
          recorded += Duration.parse(parser.getText()).toNanos();
        }
      }
    }
    assertTrue(ran > 0, json.substring(0, Math.min(2000, json.length())));
    long difference = Math.abs(summary.times.all().run.sum() - recorded);
    assertTrue(difference <= summary.times.all().slices(), difference + " ns, of rounding");
  }

  @Test
  void itsViewsShowOurEventsAsTables() {
    String view = jfr("view", "--width", "200", "dev.heddle.MonopolyStack");
    assertTrue(view.contains("app.Hog.compute"), view);
  }
}
