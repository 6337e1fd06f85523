package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;
import dev.heddle.Trace;
import dev.heddle.trace.TraceEvent.UserSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program says of its tasks is in the trace: spans, lines, and where tasks come from. */
final class UserSpansTest {
  private static final long MS = 1_000_000;

  @TempDir static Path folder;
  private static final List<TraceEvent> events = new ArrayList<>();
  private static final Summary summary = new Summary();
  private static String text = "";

  /** A body that has a class of its own. */
  private static final class Job implements ThrowingRunnable {
    @Override
    public void run() {}
  }

  @BeforeAll
  static void record() throws IOException, InterruptedException {
    Path file = folder.resolve("spans.jfr");
    Trace.task("before the recording").close();
    try (var _ = TraceRecorder.start(file);
        var heddle = Heddle.start()) {
      heddle.go("server", UserSpansTest::request).join();
      heddle.go(new Job()).join();
      heddle.go(() -> {}).join();
      heddle
          .go(
              "dies",
              () -> {
                throw new IllegalStateException("as planned");
              })
          .join();
    }
    ReadReport report =
        RecordingReader.read(
            file,
            event -> {
              events.add(event);
              summary.accept(event);
            });
    text = SummaryText.of(summary, report);
  }

  private static void request() throws InterruptedException {
    Heddle heddle = Objects.requireNonNull(Heddle.current());
    try (var _ = Trace.task("request")) {
      Trace.log("order 17");
      Trace.region(
          "nap",
          () -> {
            heddle.sleep(Duration.ofMillis(20));
            return null;
          });
      heddle.go("helper", () -> Trace.region("part", () -> null)).join();
    }
    Trace.log("outside of all spans");
  }

  private static UserSpan span(String name) {
    List<UserSpan> found =
        events.stream()
            .filter(UserSpan.class::isInstance)
            .map(UserSpan.class::cast)
            .filter(span -> span.spanName().equals(name))
            .toList();
    assertEquals(1, found.size(), name + ": " + found);
    return found.getFirst();
  }

  private static TimeByName.Row row(String name) {
    return summary.times.rows().stream()
        .filter(row -> row.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no task is called " + name + ":\n" + text));
  }

  @Test
  void spansAreNestedAlsoInTheTasksThatATaskStarts() {
    UserSpan request = span("request");
    assertEquals(0, request.parentId());
    assertEquals("server", request.taskName());
    assertEquals(request.spanId(), span("nap").parentId());
    assertEquals(request.spanId(), span("part").parentId());
    assertEquals("helper", span("part").taskName());
  }

  @Test
  void itSaysWhereTheTimeOfASpanWent() {
    UserSpan nap = span("nap");
    assertTrue(nap.asleepNanos() > 0, nap.toString()); // less than 20 ms if it was late to park
    UserSpan request = span("request");
    assertTrue(request.asleepNanos() >= nap.asleepNanos(), request.toString());
    for (UserSpan span : List.of(nap, request, span("part"))) {
      long sum =
          span.runningNanos()
              + span.runnableNanos()
              + span.networkNanos()
              + span.blockedNanos()
              + span.asleepNanos();
      // Of two clocks, between which the operating system may run something else.
      assertTrue(Math.abs(sum - span.spanNanos()) < 20 * MS, sum + " of " + span);
    }
  }

  @Test
  void theSummaryHasTheSlowestWithWhatWasInThem() {
    UserSpans.Slow slowest = summary.spans.slowest().getFirst();
    assertEquals("request", slowest.span().spanName());
    assertEquals("order 17", slowest.parts().getFirst());
    assertTrue(slowest.parts().stream().anyMatch(part -> part.startsWith("nap ")), text);
    assertTrue(text.contains("Spans of the program's own"), text);
  }

  @Test
  void whatBeganBeforeTheRecordingIsNotInIt() {
    assertTrue(summary.spans.rows().stream().noneMatch(row -> row.name.startsWith("before")), text);
  }

  @Test
  void aTaskWithoutANameIsNamedByItsBody() {
    assertEquals(1, row("UserSpansTest$Job").created);
    assertEquals(1, row("UserSpansTest lambda").created);
  }

  @Test
  void aTaskThatDiesOfAnExceptionIsNotJustDone() {
    assertEquals(1, row("dies").failed);
    assertEquals(0, row("server").failed);
    assertEquals(1, summary.times.all().failed);
    assertTrue(summary.checks().holds(), summary.checks().toString());
    assertTrue(text.contains("1 of them by an exception"), text);
  }
}
