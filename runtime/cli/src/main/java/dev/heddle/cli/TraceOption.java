package dev.heddle.cli;

import dev.heddle.trace.TraceRecorder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The option {@code --trace FILE} of a command: records while the command runs. */
public final class TraceOption implements AutoCloseable {
  private final TraceRecorder recorder;
  private final Path file;

  private TraceOption(TraceRecorder recorder, Path file) {
    this.recorder = recorder;
    this.file = file;
  }

  /**
   * Starts recording.
   *
   * @return null if there is no such option, for try-with-resources
   * @throws CliError if the file cannot be written
   */
  public static @Nullable TraceOption start(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try {
      OutputFile.check(file); // Flight Recorder would say it less well.
      return new TraceOption(TraceRecorder.start(file), file);
    } catch (IOException e) {
      throw new CliError("cannot write " + file + ": " + Reason.of(e), e);
    }
  }

  /**
   * Stops recording and writes the file.
   *
   * @throws CliError if that fails, as when the disk is full
   */
  @Override
  public void close() {
    try {
      recorder.close();
    } catch (IOException e) {
      throw CliError.failed("cannot write " + file + ": " + Reason.of(e), e);
    }
  }
}
