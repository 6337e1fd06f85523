package dev.heddle.trace;

import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;

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

  /** Stops and writes what is left. */
  @Override
  public void close() {
    recording.close();
  }
}
