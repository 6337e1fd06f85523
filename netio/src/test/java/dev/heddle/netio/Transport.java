package dev.heddle.netio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** What a connection of the conformance suite runs over. */
enum Transport {
  TCP,
  UNIX {
    @Override
    Listener listen(Fixture fixture) throws IOException {
      Path folder = Files.createTempDirectory("socket");
      var address = UnixDomainSocketAddress.of(folder.resolve("s"));
      folder.toFile().deleteOnExit();
      address.getPath().toFile().deleteOnExit();
      return fixture.network.listen(address, ListenOptions.DEFAULT);
    }

    @Override
    Deaf deaf() throws IOException {
      return Deaf.unix();
    }

    // There is no reset here but that of a socket which is closed with data unread.
    @Override
    void reset(Fixture.Pair pair) throws IOException {
      Bytes.send(pair.server(), "unread");
      pair.client().close();
    }
  },
  TLS {
    private static final TlsOptions SERVER = unhurried(Certificates.SERVER);
    private static final Map<Conn, Conn> BELOW = Collections.synchronizedMap(new WeakHashMap<>());
    private static final TlsOptions CLIENT = unhurried(null);

    // Without a time for the handshake: where many queue for a few acceptors, the last wait long.
    private static TlsOptions unhurried(@Nullable String certificate) {
      return TlsOptions.of(Certificates.context(certificate)).withHandshakeTimeout(Duration.ZERO);
    }

    @Override
    Listener listen(Fixture fixture) throws IOException {
      return TlsConn.listener(super.listen(fixture), SERVER);
    }

    @Override
    Conn dial(Fixture fixture, Listener listener, DialOptions options) throws IOException {
      Conn below = super.dial(fixture, listener, options);
      Conn conn = TlsConn.client(below, "localhost", CLIENT);
      BELOW.put(conn, below);
      return conn;
    }

    // Without the goodbye that a close of the client's end itself would send.
    @Override
    void reset(Fixture.Pair pair) throws IOException {
      Conn below = BELOW.get(pair.client());
      below.setOption(StandardSocketOptions.SO_LINGER, 0);
      below.close();
    }

    @Override
    Fixture.Pair pair(Fixture fixture) throws Exception {
      var pair = super.pair(fixture);
      var server = fixture.run(() -> ((TlsConn) pair.server()).handshake());
      ((TlsConn) pair.client()).handshake();
      server.join();
      // What the server sends of itself after the handshake is read now, not in the middle of a
      // test.
      Bytes.send(pair.server(), "x");
      Bytes.expect(pair.client(), "x");
      return pair;
    }
  };

  Listener listen(Fixture fixture) throws IOException {
    return fixture.listen();
  }

  /** Where a dial waits. */
  Deaf deaf() throws IOException {
    return Deaf.tcp();
  }

  final Conn dial(Fixture fixture, Listener listener) throws IOException {
    return dial(fixture, listener, DialOptions.DEFAULT);
  }

  Conn dial(Fixture fixture, Listener listener, DialOptions options) throws IOException {
    return fixture.network.dial(listener.localAddress(), options);
  }

  /** Two ends of a connection that is ready for use. */
  Fixture.Pair pair(Fixture fixture) throws Exception {
    try (var listener = listen(fixture)) {
      var client = dial(fixture, listener);
      return new Fixture.Pair(client, listener.accept());
    }
  }

  /** The client's end disappears with an error for the server's. */
  void reset(Fixture.Pair pair) throws IOException {
    pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
    pair.client().close();
  }
}
