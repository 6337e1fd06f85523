package dev.heddle.netio;

import dev.heddle.scheduler.Printable;
import java.net.InetAddress;
import java.nio.channels.ByteChannel;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tlschannel.ClientTlsChannel;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;

/** Sets up the TLS library: engines and their channels, as the options say. */
final class TlsChannels {
  private static final int NO_PORT = -1;

  private TlsChannels() {}

  /** Makes the library's channel over a connection. */
  interface Factory {
    /**
     * The channel of one connection.
     *
     * @param plaintext where it gets the buffer for what is decrypted
     */
    TlsChannel over(ByteChannel conn, TlsPlaintext plaintext);
  }

  /**
   * Of a client.
   *
   * @throws SSLException if no server can have that name
   */
  static Factory client(String serverName, TlsOptions options) throws SSLException {
    String host = host(serverName);
    SSLEngine engine = options.context().createSSLEngine(host, NO_PORT);
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!isLiteral(host)) {
      parameters.setServerNames(List.of(sni(host)));
    }
    parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
    engine.setSSLParameters(parameters);
    // Buffers are kept: released ones would be allocated again for every message.
    return (conn, plaintext) ->
        ClientTlsChannel.newBuilder(conn, engine)
            .withReleaseBuffers(false)
            .withPlainBufferAllocator(plaintext)
            .build();
  }

  /** As certificates have it: without the dot of a complete name and the brackets of an address. */
  private static String host(String serverName) {
    int end = serverName.length() - 1;
    if (serverName.startsWith("[") && serverName.endsWith("]")) {
      String inside = serverName.substring(1, end);
      return isLiteral(inside) ? inside : serverName;
    }
    return serverName.endsWith(".") ? serverName.substring(0, end) : serverName;
  }

  private static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return !host.contains("%"); // no certificate names an interface
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static SNIHostName sni(String host) throws SSLException {
    try {
      return new SNIHostName(host);
    } catch (IllegalArgumentException e) {
      String message = "not the name of a server: '" + Printable.text(host) + "'";
      throw (SSLException) new SSLException(message).initCause(Printable.failure(e));
    }
  }

  /**
   * Of a server.
   *
   * @param hello what the client says first; not null if the options choose by its name
   */
  static Factory server(TlsOptions options, @Nullable ClientHello hello) {
    return (conn, plaintext) ->
        ServerTlsChannel.newBuilder(conn, options.context())
            .withEngineFactory(_ -> serverEngine(context(options, hello), options))
            .withReleaseBuffers(false)
            .withPlainBufferAllocator(plaintext)
            .build();
  }

  private static SSLContext context(TlsOptions options, @Nullable ClientHello hello) {
    var choose = options.contextForName();
    SSLContext chosen = choose == null || hello == null ? null : choose.apply(hello.serverName());
    return chosen == null ? options.context() : chosen;
  }

  private static SSLEngine serverEngine(SSLContext context, TlsOptions options) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    var parameters = engine.getSSLParameters();
    switch (options.clientCertificate()) {
      case NONE -> {}
      case WANTED -> parameters.setWantClientAuth(true);
      case NEEDED -> parameters.setNeedClientAuth(true);
    }
    parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
    engine.setSSLParameters(parameters);
    return engine;
  }
}
