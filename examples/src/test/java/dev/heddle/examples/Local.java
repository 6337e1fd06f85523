package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A program that runs in this JVM, on a free port, until it is closed. */
final class Local implements AutoCloseable, Options.Launcher {
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Heddle heddle;

  private Local(String help, Options.Program program, List<String> args) {
    Thread.ofPlatform()
        .name("program")
        .start(
            () -> {
              try {
                program.run(new Options(help, this, args.toArray(String[]::new)));
                ended.complete(null);
              } catch (Throwable e) {
                address.completeExceptionally(e);
                ended.completeExceptionally(e);
              }
            });
    address.join();
  }

  /** Starts a server on a free port, and waits until it listens. */
  static Local server(String help, Options.Program program, String... args) {
    var all = new ArrayList<>(List.of(args));
    if (help.contains("--port ") && !all.contains("--port")) {
      all.addAll(List.of("--port", "0"));
    }
    return new Local(help, program, all);
  }

  @Override
  public void started(Heddle started) {
    heddle = started;
  }

  @Override
  public void listening(String where) {
    address.complete(where);
  }

  /** Where it listens: 127.0.0.1:PORT, or a path. */
  String address() {
    return address.join();
  }

  String port() {
    return address().substring(address().lastIndexOf(':') + 1);
  }

  int portNumber() {
    return Integer.parseInt(port());
  }

  Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), portNumber());
  }

  /** The runtime it runs on. */
  Heddle heddle() {
    return heddle;
  }

  /** Closes the runtime, as a signal does, and waits until the program has ended well. */
  @Override
  public void close() {
    heddle.closeNow();
    Waits.until("the program ends", ended::isDone);
    ended.join();
  }
}
