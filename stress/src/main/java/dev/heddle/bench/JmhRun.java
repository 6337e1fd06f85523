package dev.heddle.bench;

import dev.heddle.bench.jmh.OnTasks;
import dev.heddle.cli.CliError;
import dev.heddle.stress.SiblingJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * One run of JMH in one fork. What it prints goes to a file that is read only to say why it failed.
 *
 * @param name what the user asked for
 * @param processors of the scheduler that is measured
 * @param iterations of warm-up, and as many of measurement
 * @param seconds that each takes
 */
record JmhRun(String name, int processors, int iterations, int seconds) {
  private static final String FAILURE = "<failure>";

  /** Measures what {@code selection} chooses. */
  Collection<RunResult> run(UnaryOperator<ChainedOptionsBuilder> selection) throws IOException {
    var log = Files.createTempFile("heddle-bench-", ".log");
    try {
      return new Runner(selection.apply(options(log)).build()).run();
    } catch (RunnerException e) {
      throw CliError.failed(name + " failed: " + reason(log, e), e);
    } finally {
      Files.delete(log);
    }
  }

  private ChainedOptionsBuilder options(Path log) {
    var flags = new ArrayList<>(SiblingJvm.flags());
    flags.addAll(JvmFlags.of(processors));
    flags.add("-D" + OnTasks.PROCESSORS + "=" + processors);
    var time = TimeValue.seconds(seconds);
    return new OptionsBuilder()
        .forks(1)
        .warmupIterations(iterations)
        .warmupTime(time)
        .measurementIterations(iterations)
        .measurementTime(time)
        .jvmArgs(flags.toArray(String[]::new))
        .shouldFailOnError(true)
        .output(log.toString());
  }

  /** Returns what the log says of the first failure, else what JMH says of them all. */
  private static String reason(Path log, RunnerException failure) throws IOException {
    return Files.readAllLines(log).stream()
        .dropWhile(line -> !line.equals(FAILURE))
        .skip(1)
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse(String.valueOf(failure.getMessage()));
  }
}
