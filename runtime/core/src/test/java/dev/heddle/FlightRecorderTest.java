package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.events.OpenSpan;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last moments of a trace are kept, and written when somebody or a rule wants them. */
final class FlightRecorderTest {
  @TempDir private Path folder;

  private Heddle start(FlightRecorderOptions options) {
    return Heddle.builder().name("flight").flightRecorder(options).start();
  }

  private static List<RecordedEvent> spans(Path trace) throws IOException {
    return RecordingFile.readAllEvents(trace).stream()
        .filter(event -> event.getEventType().getName().equals("dev.heddle.Span"))
        .toList();
  }

  private List<Path> traces() {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jfr")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatHappenedIsWrittenWhenItIsAskedFor() throws Exception {
    try (var heddle = start(FlightRecorderOptions.of(folder))) {
      assertTrue(heddle.hasFlightRecorder());
      heddle.go("work", () -> Trace.region("before", () -> null)).join();
      Path trace = heddle.dumpTrace();
      assertEquals(folder.toAbsolutePath(), trace.getParent());
      assertEquals(
          List.of("before"), spans(trace).stream().map(e -> e.getString("spanName")).toList());
      heddle.go("work", () -> Trace.region("after", () -> null)).join();
      assertEquals(2, spans(heddle.dumpTrace()).size(), "it goes on recording");
    }
    assertFalse(OpenSpan.isOn(), "closing ends the recording");
  }

  @Test
  void aSpanThatTakesTooLongHasItWritten() throws Exception {
    var options = FlightRecorderOptions.of(folder).withLongSpan(Duration.ofMillis(300));
    try (var heddle = start(options)) {
      heddle.go("quick", () -> Trace.task("quick").close()).join();
      heddle
          .go(
              "slow",
              () -> {
                for (int i = 0; i < 2; i++) {
                  try (var _ = Trace.task("slow")) {
                    heddle.sleep(Duration.ofMillis(350));
                  }
                }
              })
          .join();
      Waits.until("a trace", () -> traces().stream().anyMatch(FlightRecorderTest::isWhole));
      assertEquals(1, traces().size(), "the next may come in a minute");
    }
    assertTrue(
        spans(traces().getFirst()).stream().anyMatch(e -> e.getString("spanName").equals("slow")));
  }

  private static boolean isWhole(Path trace) {
    try {
      return !spans(trace).isEmpty();
    } catch (IOException e) {
      return false; // it is being written
    }
  }

  @Test
  void withoutOneThereIsNothingToWrite() {
    try (var heddle = Heddle.start()) {
      assertFalse(heddle.hasFlightRecorder());
      assertThrows(IllegalStateException.class, heddle::dumpTrace);
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    var options = FlightRecorderOptions.of(folder);
    assertThrows(IllegalArgumentException.class, () -> options.withKeep(Duration.ofMillis(999)));
    assertThrows(IllegalArgumentException.class, () -> options.withLongSpan(Duration.ZERO));
  }
}
