package dev.heddle.netio;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a TLS connection is set up. Immutable; change copies with the {@code with} methods.
 *
 * @param context keys and trust
 * @param applicationProtocols protocols to negotiate by ALPN, the preferred first; empty: none
 * @param clientCertificate whether a server asks for one
 * @param handshakeTimeout how long the handshake may take, from its first byte to its last; zero:
 *     as long as the deadlines of the connection allow
 * @param contextForName what a server uses instead of {@code context} for the name that the client
 *     asks for (SNI); null: always {@code context}. The function gets null when the client named
 *     none, and may return null for {@code context}
 */
public record TlsOptions(
    SSLContext context,
    List<String> applicationProtocols,
    ClientCertificate clientCertificate,
    Duration handshakeTimeout,
    @Nullable Function<@Nullable String, @Nullable SSLContext> contextForName) {
  private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);

  /** What a server wants of its clients. */
  public enum ClientCertificate {
    /** Does not ask. */
    NONE,
    /** Asks, and goes on without one. */
    WANTED,
    /** Asks, and fails the handshake without one. */
    NEEDED
  }

  /** The defaults: no ALPN, no client certificates, 30 s for the handshake. */
  public static TlsOptions of(SSLContext context) {
    return new TlsOptions(
        context, List.of(), ClientCertificate.NONE, DEFAULT_HANDSHAKE_TIMEOUT, null);
  }

  /** Copies the list, and checks the range. */
  public TlsOptions {
    if (handshakeTimeout.isNegative()) {
      throw new IllegalArgumentException("handshakeTimeout is negative: " + handshakeTimeout);
    }
    applicationProtocols = List.copyOf(applicationProtocols);
  }

  /** A copy with other ALPN protocols. */
  public TlsOptions withApplicationProtocols(String... protocols) {
    return new TlsOptions(
        context, List.of(protocols), clientCertificate, handshakeTimeout, contextForName);
  }

  /** A copy that treats client certificates otherwise. */
  public TlsOptions withClientCertificate(ClientCertificate clientCertificate) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }

  /** A copy with another limit for the handshake. */
  public TlsOptions withHandshakeTimeout(Duration handshakeTimeout) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }

  /** A copy that chooses the context by the name that the client asks for. */
  public TlsOptions withContextForName(
      Function<@Nullable String, @Nullable SSLContext> contextForName) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }
}
