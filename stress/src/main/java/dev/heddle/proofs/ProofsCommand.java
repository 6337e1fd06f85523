package dev.heddle.proofs;

import dev.heddle.cli.CliError;
import dev.heddle.stress.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private static final String TESTS = "^dev\\.heddle\\..*(Proof|Twin)$";

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
    out.println("racing, " + (quick ? "about a minute" : "some minutes") + "; see " + folder);
    out.flush();
    int code = race(folder);
    if (code != 0) {
      out.println("jcstress ended with exit code " + code + ", see " + folder.resolve("log.txt"));
      return 1;
    }
    var verdicts = Verdict.read(folder);
    print(out, verdicts);
    return !verdicts.isEmpty() && verdicts.stream().allMatch(Verdict::passed) ? 0 : 1;
  }

  private Path folder() {
    try {
      return report == null
          ? Files.createTempDirectory("heddle-proofs")
          : Files.createDirectories(report).toAbsolutePath();
    } catch (IOException e) {
      throw new CliError("cannot write to the report folder " + report + ": " + e, e);
    }
  }

  private int race(Path folder) throws IOException, InterruptedException {
    var jvmArgs = String.join(" ", ChildJvm.flags());
    List<String> arguments =
        new ArrayList<>(List.of("-t", TESTS, "-r", folder.toString(), "-v", "--jvmArgs", jvmArgs));
    arguments.addAll(
        quick
            ? List.of("-m", "sanity", "--time", "200", "--iters", "4", "-f", "1", "--sc", "false")
            : List.of("-m", "default", "--sc", "false"));
    var process =
        new ChildJvm()
            .command("org.openjdk.jcstress.Main", arguments)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log.txt").toFile())
            .start();
    var killer = new Thread(process::destroy); // Ctrl-C
    Runtime.getRuntime().addShutdownHook(killer);
    try {
      return process.waitFor();
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(killer);
    }
  }

  private static void print(PrintWriter out, List<Verdict> verdicts) {
    for (var verdict : verdicts) {
      out.printf("%-26s %12d races  %s%n", verdict.name(), verdict.races(), verdict.text());
    }
    long failed = verdicts.stream().filter(verdict -> !verdict.passed()).count();
    out.println(
        verdicts.isEmpty()
            ? "nothing was raced"
            : failed == 0 ? "all hold, and every twin was caught" : failed + " FAILED");
    out.flush();
  }
}
