package dev.heddle.bench;

import dev.heddle.Heddle;
import dev.heddle.bench.server.Burdens;
import dev.heddle.bench.server.HeddleServer;
import dev.heddle.bench.server.Work;
import dev.heddle.cli.CliError;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.ProcessorsOption;
import dev.heddle.cli.Starting;
import dev.heddle.cli.TraceOption;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs our compared server in this JVM until Ctrl-C, for a load generator from outside. */
@Command(name = "serve", description = "Runs the server that others measure; prints 'ready'.")
final class ServeCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;

  @Parameters(
      index = "0",
      paramLabel = "WORK",
      description = "http, http-deadline, echo, echo-borrowed, echo-dormant or tls.")
  private String work = "";

  @Parameters(index = "1", paramLabel = "PORT", description = "port on 127.0.0.1; 0: any.")
  private int port;

  @Option(
      names = "--processors",
      paramLabel = "N",
      description = "processors to run on (default: those of the machine).")
  private int processors = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--poller",
      paramLabel = "KIND",
      description = "epoll, selector or auto (default: ${DEFAULT-VALUE}).",
      defaultValue = "auto")
  private String poller = "auto";

  @Option(names = "--metrics", description = "measure how long tasks are runnable before they run.")
  private boolean metrics;

  @Option(
      names = "--hogs",
      paramLabel = "N",
      description = "so many tasks compute for ever beside the connections (default: 0).")
  private int hogs;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "record what the scheduler does (see heddle trace).")
  private @Nullable Path trace;

  @Override
  public Integer call() {
    var chosen = work();
    if (port < 0 || port > MOST_PORT) {
      throw new CliError("PORT must be 0 to " + MOST_PORT + ", not " + port);
    }
    if (hogs < 0) {
      throw new CliError("--hogs must be at least 0, not " + hogs);
    }
    try (var _ = TraceOption.start(trace);
        var heddle = heddle();
        var server = HeddleServer.start(heddle, chosen, port)) {
      Burdens.hogs(hogs, server);
      var ready = port == 0 ? "ready " + server.port() : "ready";
      Interrupt.onFirst(heddle::close); // last, as a runtime that is closed starts nothing
      System.out.println(ready);
      heddle.awaitShutdown();
      return 0;
    } catch (IOException e) {
      throw new CliError("cannot serve on port " + port + ": " + e.getMessage(), e);
    }
  }

  private Work work() {
    try {
      return Work.of(work);
    } catch (IllegalArgumentException e) {
      throw new CliError("no such server '" + work + "': " + Arrays.toString(Work.values()));
    }
  }

  private Heddle heddle() {
    ProcessorsOption.check(processors);
    var kind = pollerKind();
    return Starting.heddle(options -> options.processors(processors).poller(kind).metrics(metrics));
  }

  private PollerKind pollerKind() {
    try {
      return PollerKind.valueOf(poller.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CliError("no such poller '" + poller + "': epoll, selector or auto");
    }
  }
}
