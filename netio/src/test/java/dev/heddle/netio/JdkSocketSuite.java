package dev.heddle.netio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the tests of {@code java.net} sockets share. Every test runs over the JDK's own
 * implementation as well, which so says what is right.
 */
@Timeout(120)
@ParameterizedClass(name = "{0}")
@EnumSource
abstract class JdkSocketSuite {
  /** Whose sockets, and which threads wait in them. */
  enum Kind {
    JDK_ON_VIRTUAL_THREADS,
    JDK_ON_PLATFORM_THREADS,
    OURS_IN_TASKS,
    OURS_IN_TASKS_BY_SELECTOR,
    OURS_ON_VIRTUAL_THREADS,
    OURS_ON_PLATFORM_THREADS;

    boolean isOurs() {
      return name().startsWith("OURS");
    }

    boolean isVirtual() {
      return !name().endsWith("PLATFORM_THREADS");
    }
  }

  static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @Parameter Kind kind;

  Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture =
        new Fixture(kind == Kind.OURS_IN_TASKS_BY_SELECTOR ? PollerKind.SELECTOR : PollerKind.AUTO);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  Socket newSocket() throws IOException {
    return kind.isOurs() ? fixture.network.newSocket() : new Socket();
  }

  ServerSocket newServer() throws IOException {
    return kind.isOurs() ? fixture.network.newServerSocket() : new ServerSocket();
  }

  /** A server socket on a free port of the loopback address. */
  ServerSocket listening() throws IOException {
    var server = newServer();
    server.bind(Fixture.ANY_PORT);
    return server;
  }

  /** Runs on a thread of the kind that is tested. */
  <T> Fixture.Running<T> go(Callable<T> body) {
    return switch (kind) {
      case OURS_IN_TASKS, OURS_IN_TASKS_BY_SELECTOR -> fixture.go(body);
      case JDK_ON_VIRTUAL_THREADS, OURS_ON_VIRTUAL_THREADS -> Fixture.go(Thread.ofVirtual(), body);
      case JDK_ON_PLATFORM_THREADS, OURS_ON_PLATFORM_THREADS ->
          Fixture.go(Thread.ofPlatform().daemon(), body);
    };
  }

  Fixture.Running<Void> run(Fixture.Action body) {
    return go(body.asCallable());
  }

  /** Returns once the thread waits in a socket. */
  <T> Fixture.Running<T> blocked(Fixture.Running<T> running) throws InterruptedException {
    if (kind == Kind.JDK_ON_PLATFORM_THREADS) { // in native code, where it counts as running
      Fixture.await(
          () ->
              java.util.Arrays.stream(running.thread().getStackTrace())
                  .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.N")));
      return running;
    }
    return running.awaitBlockedIn(kind.isOurs() ? "dev.heddle.netio.poll." : "sun.nio.ch.");
  }

  /** Two ends of a connection. */
  record Pair(Socket client, Socket server) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  Pair pair() throws Exception {
    try (var server = listening()) {
      var client = newSocket();
      client.connect(server.getLocalSocketAddress());
      return new Pair(client, server.accept());
    }
  }
}
