package dev.heddle.stress.diagnose;

import dev.heddle.stress.SiblingJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Runs one planted server under load and leaves a recording of it.
 *
 * @param recording what the server recorded of itself
 * @param latencies of the requests while it did, in nanoseconds, as the clients saw them
 */
record Diagnosis(Path recording, Histogram latencies) {
  /** Answers before the recording begins, so that it does not show a JVM that starts. */
  private static final int WARM_UP = 1000;

  private static final int END_SECONDS = 60;

  /**
   * Records while a server gives so many answers.
   *
   * @param healthy whether the fault is left out
   */
  static Diagnosis of(Plant plant, boolean healthy, int answers, Path recording)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("heddle-diagnose");
    try (var outside = new Outside(folder, healthy)) {
      Process server = start(plant, healthy, outside);
      try {
        return measure(plant, server, answers, recording.toAbsolutePath());
      } finally {
        server.destroyForcibly();
      }
    } finally {
      Files.delete(folder);
    }
  }

  private static Process start(Plant plant, boolean healthy, Outside outside) throws IOException {
    var child =
        new SiblingJvm()
            .options(plant.jvmOptions(healthy))
            .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=error"); // Warnings are wanted.
    if (plant.maxOpenFiles(healthy) > 0) {
      child.maxOpenFiles(plant.maxOpenFiles(healthy));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(plant.name());
    arguments.add(Boolean.toString(healthy));
    arguments.add(outside.fifo().toString());
    arguments.add(outside.log().toString());
    outside.ports().forEach(port -> arguments.add(port.toString()));
    return child.startReady(PlantedServer.class.getName(), arguments.toArray(String[]::new));
  }

  private static Diagnosis measure(Plant plant, Process server, int answers, Path recording)
      throws IOException, InterruptedException {
    var lines = server.inputReader();
    int port = Integer.parseInt(lines.readLine());
    try (var load = new Load(port, plant.clientsReconnect());
        var orders = server.outputWriter()) {
      load.await(WARM_UP);
      orders.write(recording + "\n");
      orders.flush();
      expect("recording", lines.readLine());
      Histogram latencies = load.await(answers);
      orders.write(PlantedServer.END + "\n");
      orders.flush();
      expect("recorded", lines.readLine());
      load.stop();
      if (!server.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the planted server " + plant.name() + " does not end");
      }
      return new Diagnosis(recording, latencies);
    }
  }

  private static void expect(String word, String line) throws IOException {
    if (!word.equals(line)) {
      throw new IOException("the planted server did not say " + word + " but " + line);
    }
  }
}
