package dev.heddle.proofs;

import dev.heddle.cli.CliError;
import dev.heddle.stress.ReportFolder;
import dev.heddle.stress.SiblingJvm;
import dev.heddle.stress.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code heddle stress proofs}: jcstress in a JVM of its own, and a table of what it saw.
 *
 * <p>A <em>proof</em> races the operations of a lock-free class and must never see a forbidden
 * outcome. Its <em>twin</em> is the same race with the mistake that the class avoids, and must be
 * seen to fail: else the proof is blind on this machine.
 */
@Command(
    name = "proofs",
    description = "Races the lock-free classes with jcstress, and their broken twins.")
public final class ProofsCommand implements Callable<Integer> {
  private static final String ALL = ".*(Proof|Twin)";

  /**
   * A twin shows that something can happen, so it is raced until it has: on a machine that is busy
   * with other things this may take long. The twins that were missed are raced again, each time for
   * twice as long; a thread that is missed in all of these races cannot be seen here.
   */
  private static final int MAX_RACES_OF_TWIN = 8;

  private static final int QUICK_MILLIS = 200;
  private static final int MILLIS = 1000;

  /** Two actors each need a CPU of their own. */
  private static final int MIN_CPUS = 2;

  @Option(names = "--quick", description = "About a minute instead of several.")
  private boolean quick;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Keep jcstress's own report here; default: a temporary folder.")
  private @Nullable Path report;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Runtime.getRuntime().availableProcessors() < MIN_CPUS) {
      throw new CliError("proofs need at least " + MIN_CPUS + " CPUs");
    }
    var out = spec.commandLine().getOut();
    var folder = folder();
    var stop = StopSignal.install();
    out.println("racing, " + (quick ? "about a minute" : "some minutes") + "; see " + folder);
    out.flush();
    var verdicts = new TreeMap<String, Verdict>();
    var tests = ALL;
    var mode = quick ? quickly(QUICK_MILLIS) : List.of("-m", "default");
    for (int races = 1; ; races++) {
      int code = race(folder, tests, mode, stop);
      if (code != 0) {
        out.println(
            stop.soon()
                ? "ended early, without a verdict"
                : "jcstress ended with exit code " + code + ", see " + folder.resolve("log.txt"));
        out.flush();
        return 1;
      }
      var seen = Verdict.read(folder);
      seen.forEach(verdict -> verdicts.put(verdict.name(), verdict));
      var missed = seen.stream().filter(Verdict::missedTwin).map(Verdict::name).toList();
      if (missed.isEmpty() || races == MAX_RACES_OF_TWIN) {
        break;
      }
      out.println("not caught yet, and raced again: " + String.join(", ", missed));
      out.flush();
      folder = Files.createDirectories(folder.resolve("again"));
      tests = ".*[.](" + String.join("|", missed) + ")";
      mode = quickly((quick ? QUICK_MILLIS : MILLIS) << races);
    }
    print(out, verdicts.values());
    return !verdicts.isEmpty() && verdicts.values().stream().allMatch(Verdict::passed) ? 0 : 1;
  }

  private static List<String> quickly(int millis) {
    return List.of("-m", "sanity", "--time", "" + millis, "--iters", "4", "-f", "1");
  }

  private Path folder() throws IOException {
    if (report == null) {
      return Files.createTempDirectory("heddle-proofs");
    }
    ReportFolder.prepare(report);
    return report.toAbsolutePath();
  }

  private static int race(Path folder, String tests, List<String> mode, StopSignal stop)
      throws IOException, InterruptedException {
    var jvmArgs = String.join(" ", SiblingJvm.flags());
    List<String> arguments = new ArrayList<>(List.of("-t", "^dev[.]heddle[.]" + tests + "$"));
    arguments.addAll(List.of("-r", folder.toString(), "-v", "--jvmArgs", jvmArgs, "--sc", "false"));
    arguments.addAll(mode);
    var process =
        new SiblingJvm()
            .command("org.openjdk.jcstress.Main", arguments)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log.txt").toFile())
            .start();
    try {
      return stop.getAsBoolean() ? 1 : process.waitFor(); // a signal may have come before the child
    } finally {
      process.destroy();
    }
  }

  private static void print(PrintWriter out, Collection<Verdict> verdicts) {
    for (var verdict : verdicts) {
      out.printf(
          Locale.ROOT, "%-26s %12d races  %s%n", verdict.name(), verdict.races(), verdict.text());
    }
    long failed = verdicts.stream().filter(verdict -> !verdict.passed()).count();
    out.println(
        verdicts.isEmpty()
            ? "nothing was raced"
            : failed == 0 ? "all hold, and every twin was caught" : failed + " FAILED");
    out.flush();
  }
}
