package dev.heddle.netio;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a TLS connection is set up. Immutable: begin with {@link #of} and change copies with the
 * {@code with} methods.
 *
 * {@snippet class="dev.heddle.netio.TlsSnippetsTest" region="server"}
 */
public final class TlsOptions {
  private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);

  /** What a server wants of its clients. */
  public enum ClientCertificate {
    /** Does not ask. */
    NONE,
    /** Asks, and continues without one. */
    WANTED,
    /** Asks, and fails the handshake without one. */
    NEEDED
  }

  /** The defaults: no ALPN, no client certificates, 30 s for the handshake. */
  public static TlsOptions of(SSLContext context) {
    return new TlsOptions(
        context, List.of(), ClientCertificate.NONE, DEFAULT_HANDSHAKE_TIMEOUT, null);
  }

  private final SSLContext context;
  private final List<String> applicationProtocols;
  private final ClientCertificate clientCertificate;
  private final Duration handshakeTimeout;
  private final @Nullable Function<@Nullable String, @Nullable SSLContext> contextForName;

  private TlsOptions(
      SSLContext context,
      List<String> applicationProtocols,
      ClientCertificate clientCertificate,
      Duration handshakeTimeout,
      @Nullable Function<@Nullable String, @Nullable SSLContext> contextForName) {
    if (handshakeTimeout.isNegative()) {
      throw new IllegalArgumentException("handshakeTimeout is negative: " + handshakeTimeout);
    }
    this.context = Objects.requireNonNull(context, "context");
    this.applicationProtocols = List.copyOf(applicationProtocols);
    this.clientCertificate = Objects.requireNonNull(clientCertificate, "clientCertificate");
    this.handshakeTimeout = handshakeTimeout;
    this.contextForName = contextForName;
  }

  /** Keys and trust. */
  public SSLContext context() {
    return context;
  }

  /** Protocols to negotiate by ALPN, the preferred first; empty: none. */
  public List<String> applicationProtocols() {
    return applicationProtocols;
  }

  /** Whether a server asks for a certificate of its clients. */
  public ClientCertificate clientCertificate() {
    return clientCertificate;
  }

  /** How long the handshake may take; zero: as long as the deadlines of the connection allow. */
  public Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /** What a server chooses the context by; null: always {@link #context}. */
  public @Nullable Function<@Nullable String, @Nullable SSLContext> contextForName() {
    return contextForName;
  }

  /** A copy with other protocols to negotiate by ALPN, the preferred first. */
  public TlsOptions withApplicationProtocols(String... protocols) {
    return new TlsOptions(
        context, List.of(protocols), clientCertificate, handshakeTimeout, contextForName);
  }

  /** A copy that says whether a server asks for a certificate of its clients. */
  public TlsOptions withClientCertificate(ClientCertificate clientCertificate) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }

  /**
   * A copy with another limit for the handshake, from its first byte to its last.
   *
   * @param handshakeTimeout zero: as long as the deadlines of the connection allow
   * @throws IllegalArgumentException if it is negative
   */
  public TlsOptions withHandshakeTimeout(Duration handshakeTimeout) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }

  /**
   * A copy with which a server chooses the context by the name that the client asks for (SNI).
   *
   * @param contextForName gets null when the client named none; returns null for {@link #context}
   */
  public TlsOptions withContextForName(
      Function<@Nullable String, @Nullable SSLContext> contextForName) {
    return new TlsOptions(
        context, applicationProtocols, clientCertificate, handshakeTimeout, contextForName);
  }
}
