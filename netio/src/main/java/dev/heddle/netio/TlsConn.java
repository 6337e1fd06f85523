package dev.heddle.netio;

import java.io.IOException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * A TLS connection over another connection.
 *
 * <p>All rules of {@link Conn} hold: deadlines and interrupts end calls and leave the connection
 * usable, one read and one write proceed at a time, close wakes everybody. The handshake is made by
 * the first call that needs it, so that an accept never waits for a slow client, or by {@link
 * #handshake}.
 *
 * <ul>
 *   <li>The end of the stream is the peer's {@code close_notify}. A connection that ends without
 *       one throws {@link SSLException}: somebody may have cut it.
 *   <li>{@link #closeWrite} sends {@code close_notify}, and reading continues (TLS 1.3). {@link
 *       #close} sends it too, and waits for that a second at most. It also takes what the peer has
 *       sent, and a client of TLS 1.3 that has read nothing waits, within the same second, until
 *       its bytes are with the server's system or the server's session tickets are there: else a
 *       reset would destroy what was written.
 *   <li>Failures are the types of {@code javax.net.ssl}. After one, every call fails.
 * </ul>
 *
 * <p>It needs the library {@code com.github.marianobarrios:tls-channel}, which programs without TLS
 * do not get: without it the methods that make one throw {@link IllegalStateException}.
 *
 * {@snippet class="dev.heddle.netio.TlsSnippetsTest" region="client"}
 */
public interface TlsConn extends Conn {

  /**
   * The client's end.
   *
   * @param conn what it runs over; closed with it, and if this throws
   * @param serverName the name that the server's certificate must have; also sent to the server
   *     (SNI) unless it is an address. A dot at its end is left out, as are the brackets around an
   *     address
   * @throws SSLException if no server can have that name
   */
  static TlsConn client(Conn conn, String serverName, TlsOptions options) throws SSLException {
    TlsLibrary.require();
    try {
      return new TlsChannelConn(conn, null, TlsChannels.client(serverName, options), options);
    } catch (SSLException | RuntimeException e) { // such as a context that is not ready
      try {
        conn.close();
      } catch (IOException failure) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  /**
   * The server's end.
   *
   * @param conn what it runs over; closed with it
   */
  static TlsConn server(Conn conn, TlsOptions options) {
    TlsLibrary.require();
    ClientHello hello = options.contextForName() == null ? null : new ClientHello();
    return new TlsChannelConn(conn, hello, TlsChannels.server(options, hello), options);
  }

  /**
   * A listener whose connections are the server's ends of TLS connections. Closing it closes {@code
   * listener}.
   */
  static Listener listener(Listener listener, TlsOptions options) {
    return listener(listener, () -> options);
  }

  /**
   * As {@link #listener(Listener, TlsOptions)}, with options that may change while it runs: a new
   * certificate is that of the connections which are accepted from then on. Those that are open
   * keep the one that they began with.
   *
   * @param options is asked for each connection, by the thread that accepts; must not block
   */
  static Listener listener(Listener listener, Supplier<TlsOptions> options) {
    TlsLibrary.require();
    return new TlsListener(listener, options);
  }

  /**
   * Makes the handshake, if it has not been made. Blocks meanwhile.
   *
   * @throws javax.net.ssl.SSLHandshakeException if the peers do not agree, or one does not trust
   *     the other
   * @throws java.net.SocketTimeoutException if a deadline or the options' time for the handshake
   *     has passed
   */
  void handshake() throws IOException;

  /**
   * What was agreed on, and with which peer. Makes the handshake if need be, as {@link #handshake}.
   */
  SSLSession session() throws IOException;

  /**
   * The protocol agreed on by ALPN; empty if none. Makes the handshake if need be, as {@link
   * #handshake}.
   */
  String applicationProtocol() throws IOException;
}
