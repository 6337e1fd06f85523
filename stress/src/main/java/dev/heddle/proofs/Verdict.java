package dev.heddle.proofs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.grading.TestGrading;

/**
 * What jcstress saw of one proof or twin.
 *
 * @param name the class, without its package
 * @param races how often the actors ran
 * @param passed a proof saw nothing forbidden; a twin was seen to fail
 * @param text why
 */
record Verdict(String name, long races, boolean passed, String text) {
  private static final String MISSED = "FAILED: broken on purpose, and not caught";

  /** Whether it is a twin that was raced well, and not seen to fail. */
  boolean missedTwin() {
    return text.equals(MISSED);
  }

  /** Reads the newest results in a folder, sorted by name. */
  static List<Verdict> read(Path folder) throws IOException {
    var collected = new InProcessCollector();
    var reader = new DiskReadCollector(newest(folder).toString(), collected);
    try {
      reader.dump();
    } catch (ClassNotFoundException e) {
      throw new IOException("unreadable results", e);
    } finally {
      reader.close();
    }
    return ReportUtils.mergedByName(collected.getTestResults()).stream()
        .map(Verdict::of)
        .sorted(Comparator.comparing(Verdict::name))
        .toList();
  }

  private static Path newest(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".bin.gz"))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow(() -> new IOException("jcstress left no results in " + folder));
    }
  }

  private static Verdict of(TestResult result) {
    var name = result.getName().substring(result.getName().lastIndexOf('.') + 1);
    long races = result.getTotalCount();
    if (result.status() != Status.NORMAL) {
      return new Verdict(name, races, false, "FAILED: " + result.status());
    }
    var grading = TestGrading.grade(result);
    if (name.endsWith("Twin")) {
      return grading.hasInteresting
          ? new Verdict(name, races, true, "broken on purpose, and caught")
          : new Verdict(name, races, false, MISSED);
    }
    return grading.isPassed
        ? new Verdict(name, races, true, "holds")
        : new Verdict(name, races, false, "FAILED: " + String.join("; ", grading.failureMessages));
  }
}
