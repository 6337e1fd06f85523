package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples in the Javadoc of TLS: each region is shown there. */
@Timeout(60)
final class TlsSnippetsTest {
  @Test
  void aClientGreetsAServer() throws Exception {
    SSLContext serverContext = Certificates.context(Certificates.SERVER);
    SSLContext clientContext = Certificates.context(null);
    try (var fixture = new Fixture(PollerKind.SELECTOR);
        var plain = fixture.listen()) {
      // @start region="server"
      var options = TlsOptions.of(serverContext).withApplicationProtocols("h2", "http/1.1");
      Listener listener = TlsConn.listener(plain, options);
      // @end
      var server =
          fixture.go(
              () -> {
                try (var conn = listener.accept()) {
                  return conn.read(ByteBuffer.allocate(100));
                }
              });
      Conn conn = fixture.network.dial(plain.localAddress());
      // @start region="client"
      try (TlsConn tls = TlsConn.client(conn, "localhost", TlsOptions.of(clientContext))) {
        tls.handshake(); // or let the first write do it
        tls.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      }
      // @end
      assertEquals(3, server.join());
    }
  }
}
