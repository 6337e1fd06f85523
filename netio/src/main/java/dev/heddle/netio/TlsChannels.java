package dev.heddle.netio;

import java.net.InetAddress;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
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

  static Factory client(String serverName, TlsOptions options) {
    SSLEngine engine = options.context().createSSLEngine(serverName, NO_PORT);
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!isLiteral(serverName)) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
    engine.setSSLParameters(parameters);
    // Buffers are kept: released ones would be allocated anew for every message.
    return (conn, plaintext) ->
        ClientTlsChannel.newBuilder(conn, engine)
            .withReleaseBuffers(false)
            .withPlainBufferAllocator(plaintext)
            .build();
  }

  private static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static Factory server(TlsOptions options) {
    return (conn, plaintext) -> {
      var choose = options.contextForName();
      var builder =
          choose == null
              ? ServerTlsChannel.newBuilder(conn, options.context())
              : ServerTlsChannel.newBuilder(
                  conn, name -> Optional.of(context(options, choose.apply(text(name)))));
      return builder
          .withEngineFactory(context -> serverEngine(context, options))
          .withReleaseBuffers(false)
          .withPlainBufferAllocator(plaintext)
          .build();
    };
  }

  private static SSLContext context(TlsOptions options, @Nullable SSLContext chosen) {
    return chosen == null ? options.context() : chosen;
  }

  private static @Nullable String text(Optional<SNIServerName> name) {
    return name.isPresent() && name.get() instanceof SNIHostName host ? host.getAsciiName() : null;
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
