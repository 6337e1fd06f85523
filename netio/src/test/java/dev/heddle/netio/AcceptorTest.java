package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several tasks that accept for one server, and how they end. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class AcceptorTest {
  private static final ListenOptions SHARED = ListenOptions.DEFAULT.withReusePort(true);

  @Parameter PollerKind kind;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Fixture fixture;
  private Listener listener;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind, 3);
    listener = fixture.network.listen(Fixture.ANY_PORT, SHARED);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    fixture.close();
  }

  private Server serve(ServeOptions options) throws IOException {
    return serve(AcceptorTest::echo, options);
  }

  private Server serve(ConnHandler handler, ServeOptions options) throws IOException {
    var server = fixture.network.serve(listener, handler, options);
    opened.add(server);
    return server;
  }

  private static void echo(Conn conn) throws IOException {
    var buffer = ByteBuffer.allocate(100);
    if (conn.read(buffer) >= 0) {
      conn.write(buffer.flip());
    }
  }

  private Conn dial() throws IOException {
    var client = fixture.network.dial(listener.localAddress());
    opened.add(client);
    return client;
  }

  private static void exchange(Conn client) throws IOException {
    Bytes.send(client, "hello");
    Bytes.expect(client, "hello");
  }

  @Test
  void eachAcceptorTakesConnections() throws Exception {
    var server = serve(ServeOptions.DEFAULT.withAcceptors(4));
    assertEquals(4, server.acceptors().size());
    while (server.acceptors().stream().anyMatch(acceptor -> acceptor.taken() == 0)) {
      exchange(dial());
    }
    long all = server.acceptors().stream().mapToLong(Acceptor::taken).sum();
    assertEquals(all, server.metrics().accepted());
    assertEquals(all, server.metrics().open());
  }

  @Test
  void eachProcessorMayHaveAnAcceptor() throws Exception {
    var server = serve(ServeOptions.DEFAULT.withAcceptors(ServeOptions.ONE_PER_PROCESSOR));
    assertEquals(3, server.acceptors().size());
    exchange(dial());
  }

  @Test
  void aClosedServerLeavesNoTaskNoSocketAndItsPort() throws Exception {
    var server = serve(ServeOptions.DEFAULT.withAcceptors(4));
    exchange(dial());
    server.close();
    opened.removeLast().close();
    Fixture.await(() -> fixture.scheduler.liveTasks() == 0);
    Fixture.await(() -> fixture.network.openSockets() == 0);
    fixture.network.listen(listener.localAddress(), ListenOptions.DEFAULT).close();
  }

  @Test
  void aLimitIsOneForAllAcceptors() throws Exception {
    var server = serve(ServeOptions.DEFAULT.withAcceptors(3).withMaxConnections(1));
    var first = dial();
    exchange(first);
    var others = new ArrayList<Conn>();
    for (int i = 0; i < 20; i++) {
      others.add(dial());
      Bytes.send(others.getLast(), "hello");
    }
    exchange(first);
    assertEquals(1, server.metrics().open());
    first.close();
    var served =
        fixture.times(
            others.size(),
            index -> {
              Bytes.expect(others.get(index), "hello");
              others.get(index).close();
            });
    Fixture.joinAll(served);
    assertEquals(0, server.metrics().refusedOverConnections());
  }

  @Test
  void aPortThatIsTakenIsOneFailure() throws Exception {
    try (var taken = fixture.listen()) {
      var failure =
          assertThrows(
              BindException.class, () -> fixture.network.listen(taken.localAddress(), SHARED));
      var address = Addresses.format(taken.localAddress());
      assertEquals("listen " + address + ": Address already in use", failure.getMessage());
    }
  }

  @Test
  void aListenerThatSharesNoPortHasOneAcceptor() throws Exception {
    try (var alone = fixture.listen()) {
      var failure =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  fixture.network.serve(
                      alone, AcceptorTest::echo, ServeOptions.DEFAULT.withAcceptors(2)));
      var address = Addresses.format(alone.localAddress());
      assertEquals(
          "serve " + address + ": several acceptors need ListenOptions.withReusePort(true)",
          failure.getMessage());
      assertTrue(alone.isOpen());
    }
    assertEquals(0, fixture.scheduler.liveTasks());
  }

  @Test
  void aUnixDomainListenerHasOneAcceptor(@TempDir Path folder) throws Exception {
    var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (var unix = fixture.network.listen(address, SHARED)) {
      var failure =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  fixture.network.serve(
                      unix, AcceptorTest::echo, ServeOptions.DEFAULT.withAcceptors(2)));
      assertTrue(failure.getMessage().contains("a Unix-domain address has one listener"));
      assertTrue(unix.isOpen());
    }
  }

  @Test
  void aTlsListenerHasSeveralAcceptorsToo() throws Exception {
    listener = TlsConn.listener(listener, TlsOptions.of(Certificates.context(Certificates.SERVER)));
    var server = serve(ServeOptions.DEFAULT.withAcceptors(2));
    while (server.acceptors().stream().anyMatch(acceptor -> acceptor.taken() == 0)) {
      try (var client =
          TlsConn.client(dial(), "localhost", TlsOptions.of(Certificates.context(null)))) {
        exchange(client);
      }
    }
  }

  @Test
  void aDrainServesWhatWaitsInTheBacklog() throws Exception {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var server =
        serve(
            new ConnHandler() {
              @Override
              public ConnHandler accepted(Conn conn) {
                entered.countDown();
                try {
                  go.await(); // a handler must not; so all others wait in the backlog
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                return this;
              }

              @Override
              public void serve(Conn conn) throws IOException {
                echo(conn);
              }
            },
            ServeOptions.DEFAULT);
    var clients = new ArrayList<Conn>();
    for (int i = 0; i < 20; i++) {
      clients.add(dial());
    }
    entered.await();
    var draining = fixture.go(() -> server.drain(Fixture.LIMIT));
    Fixture.await(server::isDraining);
    go.countDown();
    for (Conn client : clients) {
      exchange(client);
    }
    assertTrue(draining.join());
    assertEquals(20, server.metrics().accepted());
    assertFalse(listener.isOpen());
  }

  @Test
  void whoComesToAListenerThatEndsComesToTheNext() throws Exception {
    assumeTrue(kind == PollerKind.EPOLL);
    var ending = (ServableListener) listener;
    assertTrue(ending.stopArrivals());
    var next = ending.sibling();
    opened.add(next);
    var dialling = fixture.times(20, _ -> dial());
    var first = fixture.go(next::accept).join(); // some have come; others ask the one that ends
    first.close();
    assertEquals(null, ending.acceptNow());
    ending.close();
    for (int i = 1; i < 20; i++) {
      fixture.go(next::accept).join().close();
    }
    Fixture.joinAll(dialling);
  }
}
