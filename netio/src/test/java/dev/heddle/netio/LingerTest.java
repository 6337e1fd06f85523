package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing while SO_LINGER keeps a socket with unsent bytes: the system call that closes blocks. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class LingerTest {
  /** So long that a thread that waits for it hangs. */
  private static final int LONG_SECONDS = 10_000;

  private static final String DESCRIPTOR = Descriptor.class.getName();

  @Parameter PollerKind kind;
  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  /**
   * Writes more than both systems take, however slow this one is: until a write makes no progress.
   * Returns how much they have taken.
   */
  private static int fill(Conn client, int lingerSeconds) throws Exception {
    client.setOption(StandardSocketOptions.SO_LINGER, lingerSeconds);
    client.setWriteTimeout(Duration.ofMillis(200));
    var bytes = Bytes.of(1, 0, 64 << 20);
    int before;
    do {
      before = bytes.position();
      assertThrows(SocketTimeoutException.class, () -> client.write(bytes));
    } while (bytes.position() > before);
    return bytes.position();
  }

  @Test
  void aCloseThatLingersHoldsNobodyUpAndEndsWhenThePeerHasAll() throws Exception {
    try (var other = fixture.pair();
        var pair = fixture.pair()) {
      int sent = fill(pair.client(), LONG_SECONDS);
      var closing = fixture.run(pair.client()::close).awaitBlockedIn(DESCRIPTOR);
      for (int i = 0; i < 100; i++) {
        Bytes.send(other.client(), "ping");
        Bytes.expect(other.server(), "ping");
      }
      fixture.pair().close();
      assertFalse(closing.future().isDone());
      Bytes.receive(pair.server(), 1, sent, 100_000);
      assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
      closing.join();
    }
  }

  @Test
  void theCloseOfASocketOfTheJdkThatLingersHoldsNobodyUp() throws Exception {
    try (var listener = fixture.listen();
        var other = fixture.pair()) {
      var channel = SocketChannel.open(listener.localAddress());
      channel.setOption(StandardSocketOptions.SO_LINGER, LONG_SECONDS).configureBlocking(false);
      try (var server = listener.accept()) {
        int sent = fill(channel);
        var socket = new JdkSocketHost(fixture.network).register(channel);
        var closing = fixture.run(socket::close).awaitBlockedIn(DESCRIPTOR);
        for (int i = 0; i < 100; i++) {
          Bytes.send(other.client(), "ping");
          Bytes.expect(other.server(), "ping");
        }
        assertFalse(closing.future().isDone());
        Bytes.receive(server, 1, sent, 100_000);
        assertEquals(-1, server.read(ByteBuffer.allocate(1)));
        closing.join();
      }
    }
  }

  /** As above, of a channel that nobody has registered. */
  private static int fill(SocketChannel channel) throws Exception {
    var bytes = Bytes.of(1, 0, 64 << 20);
    int before;
    do {
      before = bytes.position();
      while (channel.write(bytes) > 0) {
        // more
      }
      Thread.sleep(200); // what does not happen has no signal
    } while (bytes.position() > before);
    return before;
  }

  @Test
  void anInterruptEndsTheWaitOfAClose() throws Exception {
    try (var pair = fixture.pair()) {
      int sent = fill(pair.client(), LONG_SECONDS);
      var closing =
          fixture
              .go(
                  () -> {
                    pair.client().close();
                    return Thread.interrupted();
                  })
              .awaitBlockedIn(DESCRIPTOR);
      closing.thread().interrupt();
      assertEquals(true, closing.join());
      Bytes.receive(pair.server(), 1, sent, 100_000); // closed nevertheless, and nothing is lost
      assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void theCloseOfTheNetworkWaitsForNoneThatLinger() throws Exception {
    var peers = new Fixture(kind); // of another network, so that they stay open
    try (peers;
        var listener = peers.listen()) {
      var servers = new ArrayList<Conn>();
      var sent = new ArrayList<Integer>();
      for (int i = 0; i < 3; i++) {
        var client = fixture.network.dial(listener.localAddress());
        servers.add(listener.accept());
        sent.add(fill(client, LONG_SECONDS));
      }
      fixture.network.close();
      for (int i = 0; i < servers.size(); i++) {
        Bytes.receive(servers.get(i), 1, sent.get(i), 100_000);
        assertEquals(-1, servers.get(i).read(ByteBuffer.allocate(1)));
      }
    }
  }

  @Test
  void aCloseWithoutLingeringDoesNotWaitForThePeer() throws Exception {
    try (var pair = fixture.pair()) {
      int sent = fill(pair.client(), -1);
      pair.client().close();
      Bytes.receive(pair.server(), 1, sent, 100_000);
      assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
    }
  }
}
