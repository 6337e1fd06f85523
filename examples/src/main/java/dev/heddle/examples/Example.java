package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.cli.CliError;
import dev.heddle.cli.DumpSignal;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.Starting;
import dev.heddle.cli.TraceOption;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PollerKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What all examples share: the options, and starting and ending. An example itself is {@link
 * #serve}.
 */
abstract class Example implements Callable<Integer> {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "address to listen on (${DEFAULT-VALUE})")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "0 takes a free one (${DEFAULT-VALUE})")
  int port = 8080;

  @Option(
      names = "--processors",
      paramLabel = "N",
      description = "how many tasks run at once (one for each CPU)")
  private int processors = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--poller",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private PollerKind poller = PollerKind.AUTO;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "record what the scheduler does (see heddle trace)")
  private @Nullable Path trace;

  /** Serves until the listener is closed. */
  abstract void serve(Heddle heddle, Listener listener) throws IOException;

  @Override
  public Integer call() throws IOException {
    if (port < 0 || port > 65_535) {
      throw new CliError("--port must be from 0 to 65535, not " + port);
    }
    try (var _ = TraceOption.start(trace);
        var heddle = start();
        var listener = listen(heddle)) {
      heddle.go("accept", () -> serve(heddle, listener));
      var address = (InetSocketAddress) listener.localAddress();
      Interrupt.onFirst(heddle::close); // which could end what is done before
      DumpSignal.dumps(heddle);
      System.out.println("listening on " + host + ":" + address.getPort());
      heddle.awaitShutdown();
    }
    return 0;
  }

  private Heddle start() {
    return Starting.heddle(
        options -> options.processors(processors).poller(poller).jmx(true).deadlockReport(true));
  }

  private Listener listen(Heddle heddle) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new CliError("unknown host " + host);
    }
    try {
      return heddle.listen(address);
    } catch (IOException e) {
      throw new CliError(String.valueOf(e.getMessage()), e);
    }
  }
}
