package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.OutputFile;
import dev.heddle.cli.TimeOption;
import dev.heddle.scheduler.Nanos;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle trace record}: records a process that is running already. */
@Command(
    name = "record",
    description = {
      "Records what Heddle does in a running process.",
      "The process writes the file itself, when the time is over or Ctrl-C ends it early."
    },
    footer = {"", "Example: heddle trace record 4711 --duration 30s -o out.jfr"})
final class RecordCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** How much longer than wanted the process records if we are killed. */
  private static final long LIMIT_SLACK_SECONDS = 60;

  @Parameters(paramLabel = "PID", description = "The process, as jcmd -l or ps show it.")
  private long pid;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write (default heddle-PID.jfr).")
  private @Nullable Path output;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      description = "How long, such as 500ms, 10s, 1m30s (default ${DEFAULT-VALUE}).",
      defaultValue = "10s")
  private String time = "10s";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration duration = TimeOption.parse("--duration", time, SHORTEST, LONGEST);
    Path file = output == null ? Path.of("heddle-" + pid + ".jfr") : output;
    var jvm = RunningJvm.of(pid);
    if (!jvm.runsHeddle()) {
      throw new CliError(jvm + " runs no Heddle: the recording would have no events of ours");
    }
    OutputFile.check(file); // It will be written by the process, most often our own user's.
    empty(file);
    var end = new CountDownLatch(1);
    Interrupt.onFirst(end::countDown);
    var _ = jvm.process().onExit().thenRun(end::countDown);
    record(jvm, file, duration, end);
    if (file.toFile().length() == 0) {
      throw CliError.failed(
          jvm.process().isAlive()
              ? jvm + " wrote " + file + " where we cannot see it (in a container?)"
              : jvm + " died, and its recording with it",
          null);
    }
    spec.commandLine().getOut().println(file);
    return 0;
  }

  /** What an earlier recording left would pass for this one. */
  private static void empty(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new CliError("cannot record to " + file + ": it is not a file");
    }
    Files.newByteChannel(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
        .close();
  }

  private void record(RunningJvm jvm, Path file, Duration duration, CountDownLatch end)
      throws InterruptedException {
    String name = "heddle-trace-" + ProcessHandle.current().pid();
    var settings = HeddleEvents.configuration().getSettings();
    long limit = duration.toSeconds() + LIMIT_SLACK_SECONDS;
    jvm.startRecording(name, settings, file.toAbsolutePath(), limit);
    var err = spec.commandLine().getErr();
    err.println("heddle: recording " + jvm + " for " + Nanos.format(duration.toNanos()));
    try (var progress = new RecordProgress(duration)) {
      progress.await(end);
    }
    try {
      jvm.stopRecording(name);
    } catch (CliError e) {
      if (jvm.process().isAlive()) {
        throw e;
      }
      err.println("heddle: " + jvm + " has ended; recorded until then");
    }
  }
}
