package dev.heddle.stress.suites;

import dev.heddle.stress.Run;
import dev.heddle.stress.SiblingJvm;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.util.Locale;

/** A server in a process that is allowed few descriptors uses them all up, again and again. */
public final class FdExhaustion implements Suite {
  private static final int MAX_OPEN_FILES = 220;

  private final String server;

  public FdExhaustion() {
    this(FdExhaustionServer.class.getName());
  }

  /** With another server, whose main class tests give. */
  public FdExhaustion(String server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "fd-exhaustion";
  }

  @Override
  public String proves() {
    return "A server without file descriptors keeps its connections working, and accepts again as"
        + " soon as some are free.";
  }

  @Override
  public Kind kind() {
    return Kind.PROCESS;
  }

  @Override
  public void run(Run run) throws Exception {
    var settings = run.settings();
    // The server says what did not come, and so shall lose patience long before the watchdog does.
    long patienceMillis = settings.stuckAfter().toMillis() / 2;
    var child =
        run.setUp(
            () ->
                new SiblingJvm()
                    .maxOpenFiles(MAX_OPEN_FILES)
                    .option("-Xmx256m")
                    .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=error") // warnings are wanted
                    .startReady(
                        server,
                        settings.poller().name(),
                        Integer.toString(settings.processors()),
                        Long.toString(patienceMillis)));
    try (var lines = child.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        report(run, line);
        if (run.isOver()) {
          child.getOutputStream().close(); // ends it
        }
      }
    }
    run.check(run.isOver(), "the server process ended by itself");
    int code = child.waitFor();
    run.check(code == 0, "the server process ended with exit code " + code);
  }

  /** {@code alive}, {@code round NANOS CONNECTIONS} or {@code violation TEXT}. */
  private static void report(Run run, String line) throws IOException {
    var words = line.split(" ", 2);
    switch (words[0]) {
      case "alive" -> run.alive();
      case "round" -> {
        var figures = words[1].split(" ", -1);
        run.doneMany(1);
        run.latency(Long.parseLong(figures[0]));
        run.note("connections until exhausted", figures[1]);
      }
      case "violation" -> run.violation(words[1]);
      default -> throw new IOException(String.format(Locale.ROOT, "not understood: '%s'", line));
    }
  }
}
