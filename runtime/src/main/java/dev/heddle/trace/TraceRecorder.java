package dev.heddle.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.Reason;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * Records the events of every runtime in this JVM to a file, from being started until being closed.
 */
public final class TraceRecorder implements AutoCloseable {
  private final Recording recording;

  private TraceRecorder(Recording recording) {
    this.recording = recording;
  }

  /**
   * Starts recording. The file is complete when the recorder has been closed, or the JVM has ended.
   *
   * @throws IOException if the file cannot be written
   */
  public static TraceRecorder start(Path file) throws IOException {
    var recording = new Recording(HeddleEvents.configuration());
    try {
      recording.setName("heddle");
      recording.setToDisk(true);
      recording.setDumpOnExit(true);
      recording.setDestination(file);
      recording.start();
    } catch (IOException | RuntimeException e) {
      recording.close();
      throw e;
    }
    return new TraceRecorder(recording);
  }

  /**
   * Starts recording for a command's {@code --trace FILE}.
   *
   * @return null if there is no such option, for try-with-resources
   * @throws CliError if the file cannot be written
   */
  public static @Nullable TraceRecorder forOption(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try {
      OutputFile.check(file); // Flight Recorder would say it less well.
      return start(file);
    } catch (IOException e) {
      throw new CliError("cannot write " + file + ": " + Reason.of(e), e);
    }
  }

  /** Stops and writes what is left. */
  @Override
  public void close() {
    recording.close();
  }
}
