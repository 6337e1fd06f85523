package dev.heddle.stress.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.trace.Cause;
import dev.heddle.trace.ReadReport;
import dev.heddle.trace.RecordingReader;
import dev.heddle.trace.Summary;
import dev.heddle.trace.SummaryText;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trace of each planted server names its fault; one of its healthy twin does not. */
final class DiagnoseTest {
  /** As many as a page of a terminal shows without scrolling. */
  private static final int FIRST_LINES = 20;

  private static final int ANSWERS = 1200;

  @TempDir private static Path folder;

  static Stream<String> plants() {
    return Plants.all().stream().map(Plant::name);
  }

  private record Trace(List<Cause> causes, List<String> firstLines) {}

  private static Trace trace(Plant plant, boolean healthy) throws Exception {
    Path recording = folder.resolve(plant.name() + (healthy ? "-healthy" : "") + ".jfr");
    Diagnosis.of(plant, healthy, ANSWERS, recording);
    var summary = new Summary();
    ReadReport report = RecordingReader.read(recording, summary::accept);
    return new Trace(
        summary.causes(report.spanNanos()).causes(),
        SummaryText.of(summary, report).lines().limit(FIRST_LINES).toList());
  }

  @ParameterizedTest
  @MethodSource("plants")
  void theTraceOfAPlantedServerNamesItsFault(String name) throws Exception {
    Plant plant = Plants.named(name);
    Trace trace = trace(plant, false);
    String page = String.join("\n", trace.firstLines);
    assertTrue(trace.causes.stream().anyMatch(c -> c.kind().equals(plant.kind())), page);
    for (String sign : plant.signs()) {
      assertTrue(page.contains(sign), sign + " is missing from\n" + page);
    }
  }

  @ParameterizedTest
  @MethodSource("plants")
  void theTraceOfItsHealthyTwinIsSilent(String name) throws Exception {
    Plant plant = Plants.named(name);
    Trace trace = trace(plant, true);
    assertEquals(
        "",
        trace.causes.stream()
            .filter(cause -> cause.kind().equals(plant.kind()))
            .map(cause -> cause.headline() + ", " + cause.extent() + " " + cause.details())
            .collect(Collectors.joining("\n")));
  }
}
