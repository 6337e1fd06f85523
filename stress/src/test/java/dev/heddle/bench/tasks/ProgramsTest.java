package dev.heddle.bench.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs come to an end, on both schedulers, and check their own results. */
class ProgramsTest {
  private static void run(String scheduler, Program program, String... figures) throws Exception {
    try (var tasks = Tasks.open(scheduler, 2)) {
      for (int i = 0; i < 2; i++) {
        var samples = program.run(tasks);
        assertEquals(List.of(figures), samples.stream().map(Sample::what).toList());
        for (var sample : samples) {
          assertTrue(sample.value() > 0, sample::toString);
          assertEquals(sample, Sample.parse(sample.toLine()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void skynetSumsItsLeaves(String scheduler) throws Exception {
    run(scheduler, new Skynet(10_000), "skynet");
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void ringHandsTheTokenAround(String scheduler) throws Exception {
    run(scheduler, new Ring(100, 10_000), "hop");
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void convoyExcludes(String scheduler) throws Exception {
    run(scheduler, new Convoy(20, 500), "fair-lock", "lock");
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void parkedTasksAreWeighedAndWoken(String scheduler) throws Exception {
    run(scheduler, new Parked(20_000), "start-and-park", "parked", "wake-and-end");
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void timedWaitsAreAnsweredAndEnd(String scheduler) throws Exception {
    run(
        scheduler,
        new Timed(20_000, 2_000, 4_000, Duration.ofMillis(300)),
        "poll",
        "poll-cpu",
        "sleep-2000-cpu",
        "sleep-2000-late-p50",
        "sleep-2000-late-p99",
        "sleep-4000-cpu",
        "sleep-4000-late-p50",
        "sleep-4000-late-p99");
  }

  @ParameterizedTest
  @ValueSource(strings = {Tasks.HEDDLE, Tasks.STOCK})
  void pingPongComesToAnEnd(String scheduler) throws Exception {
    try (var tasks = Tasks.open(scheduler, 2)) {
      for (int switches : new int[] {1, 2, 10_001}) {
        PingPong.run(tasks, switches);
      }
    }
  }
}
