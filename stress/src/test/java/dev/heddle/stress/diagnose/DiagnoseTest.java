package dev.heddle.stress.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.Cause;
import dev.heddle.trace.ReadReport;
import dev.heddle.trace.RecordingReader;
import dev.heddle.trace.Summary;
import dev.heddle.trace.SummaryText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A summary names the fault of each planted server where a reader looks first, and blames nothing
 * in its healthy twin, however busy the machine is.
 *
 * <p>A recording lasts until so many requests are answered: a busy machine makes it longer, not
 * emptier.
 */
@Timeout(300)
final class DiagnoseTest {
  private static final int ANSWERS = 2500;
  private static final int FIRST_LINES = 20;

  @TempDir Path folder;

  static Stream<String> plants() {
    return Plants.all().stream().map(Plant::name);
  }

  /** What a summary says of a recording. */
  private record Reading(List<Cause> causes, String text) {
    static Reading of(Path recording) throws IOException {
      var summary = new Summary();
      ReadReport report = RecordingReader.read(recording, summary::accept);
      String text = SummaryText.of(summary, report);
      return new Reading(summary.causes(report.spanNanos()).causes(), text);
    }

    String firstLines() {
      return text.lines().limit(FIRST_LINES).collect(Collectors.joining("\n"));
    }
  }

  private Reading record(Plant plant, boolean healthy) throws IOException, InterruptedException {
    return Reading.of(
        Diagnosis.of(plant, healthy, ANSWERS, folder.resolve(plant.name() + ".jfr")).recording());
  }

  @ParameterizedTest
  @MethodSource("plants")
  void theFirstLinesNameThePlantedFault(String name) throws Exception {
    Plant plant = Plants.named(name);
    Reading reading = record(plant, false);
    assertTrue(
        reading.causes.stream().anyMatch(cause -> cause.kind().equals(plant.kind())), reading.text);
    for (String sign : plant.signs()) {
      assertTrue(reading.firstLines().contains(sign), sign + " is missing from\n" + reading.text);
    }
  }

  @ParameterizedTest
  @MethodSource("plants")
  void nothingIsBlamedInAHealthyServer(String name) throws Exception {
    Reading reading = record(Plants.named(name), true);
    assertEquals(List.of(), reading.causes, reading.text);
  }
}
