package dev.heddle.stress;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.heddle.Heddle;
import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what a stuck runtime is doing: its tasks and what they wait for, the stacks of all
 * threads, and a short recording with the scheduler's trace lines of that time.
 *
 * <p>It must be taken where the stuckness is found, before anything is reported or torn down: a
 * listener that is closed and a run that is over set the waiting threads free.
 */
final class Evidence {
  private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);
  private static final int TRACE_LINES = 10;
  private static final long TRACE_INTERVAL_MILLIS = 100;

  private final Heddle heddle;
  private @Nullable Path folder; // guarded by this; null until it is made
  private final String name;
  private final List<Path> written = new ArrayList<>(); // guarded by this
  private boolean taken; // guarded by this

  /** Written under the lock, read by a thread that must not lose patience meanwhile. */
  private volatile boolean beingTaken;

  private interface Writer {
    void write(Path file) throws IOException, InterruptedException;
  }

  /** Without a folder it makes one, which only the user who runs this can read. */
  Evidence(Heddle heddle, @Nullable Path folder, String name) {
    this.heddle = heddle;
    this.folder = folder;
    this.name = name;
  }

  /**
   * Writes what it can, the first time; takes about a second. What fails is logged, as it must not
   * hide the violation. Who comes later waits until all is written.
   */
  synchronized void take() {
    if (taken) {
      return;
    }
    taken = true;
    beingTaken = true;
    write(".tasks.txt", file -> Files.writeString(file, heddle.dump() + "\n"));
    write(
        ".threads.txt",
        file ->
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(
                    file.toAbsolutePath().toString(),
                    HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN));
    write(".jfr", this::record);
    beingTaken = false;
  }

  boolean isBeingTaken() {
    return beingTaken;
  }

  /** The files, in the order in which they were written. */
  synchronized List<Path> files() {
    return List.copyOf(written);
  }

  private void write(String suffix, Writer writer) {
    try {
      var file = fresh(folder(), suffix);
      writer.write(file);
      written.add(file);
    } catch (IOException | RuntimeException e) {
      LOG.warn("cannot write {} of {}", suffix, name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void record(Path file) throws IOException, InterruptedException {
    var lines = new StringBuilder();
    try (var recording = new Recording(HeddleEvents.configuration())) {
      recording.start();
      for (int i = 0; i < TRACE_LINES; i++) {
        lines.append(heddle.schedTrace()).append('\n');
        Thread.sleep(TRACE_INTERVAL_MILLIS);
      }
      recording.stop();
      recording.dump(file);
    }
    write(".sched.txt", trace -> Files.writeString(trace, lines));
  }

  private synchronized Path folder() throws IOException {
    if (folder == null) {
      folder = Files.createTempDirectory("heddle-stress-");
    }
    Files.createDirectories(folder);
    return folder;
  }

  private Path fresh(Path folder, String suffix) {
    for (int i = 1; ; i++) {
      var file = folder.resolve(name + (i == 1 ? "" : "-" + i) + suffix);
      if (!Files.exists(file)) {
        return file;
      }
    }
  }
}
