package dev.heddle.cli;

import dev.heddle.trace.TraceRecorder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The option {@code --trace FILE} of a command: records while the command runs. */
public final class TraceOption {
  private TraceOption() {}

  /**
   * Starts recording.
   *
   * @return null if there is no such option, for try-with-resources
   * @throws CliError if the file cannot be written
   */
  public static @Nullable TraceRecorder start(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try {
      OutputFile.check(file); // Flight Recorder would say it less well.
      return TraceRecorder.start(file);
    } catch (IOException e) {
      throw new CliError("cannot write " + file + ": " + Reason.of(e), e);
    }
  }
}
