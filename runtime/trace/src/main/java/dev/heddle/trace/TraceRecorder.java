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
  private final Path file;

  private TraceRecorder(Recording recording, Path file) {
    this.recording = recording;
    this.file = file;
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
    return new TraceRecorder(recording, file);
  }

  /**
   * Stops, and writes the file. Blocks until it is written.
   *
   * @throws IOException if it cannot be written, as when the disk is full; what is in it is cut
   */
  @Override
  public void close() throws IOException {
    try (recording) {
      recording.setDestination(null); // of a failure there, closing would write a line of log
      recording.stop();
      recording.dump(file);
    }
  }
}
