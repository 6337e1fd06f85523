package dev.heddle.stress;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what a stuck runtime is doing: the stacks of all threads, tasks too, and a short
 * recording.
 */
final class Evidence {
  private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);
  private static final long RECORDING_MILLIS = 1000;

  private Evidence() {}

  /** Writes what it can; what fails is logged, as it must not hide the violation. */
  static List<Path> write(Path folder, String name) {
    var written = new ArrayList<Path>();
    try {
      Files.createDirectories(folder);
      var threads = fresh(folder, name, ".threads.txt");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(
              threads.toAbsolutePath().toString(),
              HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      written.add(threads);
      var recording = fresh(folder, name, ".jfr");
      record(recording);
      written.add(recording);
    } catch (IOException | RuntimeException e) {
      LOG.warn("cannot write all evidence of {}", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return written;
  }

  private static void record(Path file) throws IOException, InterruptedException {
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.start();
      Thread.sleep(RECORDING_MILLIS);
      recording.stop();
      recording.dump(file);
    }
  }

  private static Path fresh(Path folder, String name, String suffix) {
    for (int i = 1; ; i++) {
      var file = folder.resolve(name + (i == 1 ? "" : "-" + i) + suffix);
      if (!Files.exists(file)) {
        return file;
      }
    }
  }
}
