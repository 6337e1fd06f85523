package dev.heddle.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks are found by JMH and run, on both schedulers. */
class BenchmarksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Switch",
        "Spawn",
        "Yield",
        "RunQueue",
        "ForkJoinQueue",
        "Conn",
        "Deadline",
        "Timer",
        "Trace"
      })
  void benchmarksRun(String name) throws Exception {
    var options =
        new OptionsBuilder()
            .include("[.]" + name + "Benchmark[.]")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    var results = new Runner(options).run();
    assertFalse(results.isEmpty());
    for (var result : results) {
      assertEquals("ns/op", result.getPrimaryResult().getScoreUnit());
      assertTrue(result.getPrimaryResult().getScore() > 0);
    }
  }
}
