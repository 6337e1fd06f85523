package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TlsListenerTest {
  private static final TlsOptions CLIENT = TlsOptions.of(Certificates.context(null));

  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(PollerKind.AUTO);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static TlsOptions serving(String name) {
    return TlsOptions.of(Certificates.context(name));
  }

  private Fixture.Pair connect(Listener listener, String serverName) throws Exception {
    var below = fixture.network.dial(listener.localAddress());
    return new Fixture.Pair(TlsConn.client(below, serverName, CLIENT), listener.accept());
  }

  private void exchange(Fixture.Pair pair) throws Exception {
    var answer =
        fixture.run(
            () -> {
              Bytes.expect(pair.server(), "ping");
              Bytes.send(pair.server(), "pong");
            });
    Bytes.send(pair.client(), "ping");
    Bytes.expect(pair.client(), "pong");
    answer.join();
  }

  @Test
  void aNewCertificateIsThatOfTheConnectionsThatAreAcceptedFromThenOn() throws Exception {
    var options = new AtomicReference<>(serving(Certificates.SERVER));
    try (var listener = TlsConn.listener(fixture.listen(), options::get);
        var before = connect(listener, Certificates.SERVER)) {
      exchange(before);
      options.set(serving(Certificates.OTHER));
      try (var after = connect(listener, Certificates.OTHER)) {
        exchange(after);
      }
      var wrong = connect(listener, Certificates.SERVER);
      var handshake = fixture.run(() -> ((TlsConn) wrong.server()).handshake());
      assertThrows(SSLException.class, () -> ((TlsConn) wrong.client()).handshake());
      assertInstanceOf(SSLException.class, handshake.failure());
      wrong.close();
      exchange(before); // as it began
    }
  }
}
