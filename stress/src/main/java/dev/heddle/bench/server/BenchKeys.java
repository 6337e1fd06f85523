package dev.heddle.bench.server;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Keys for a TLS server that is measured on loopback: made for the occasion, by the JDK's keytool,
 * and trusted without a look.
 */
public final class BenchKeys {
  private static final String PASSWORD = "for benchmarks only";

  private BenchKeys() {}

  /** Returns a context with a fresh key and its certificate. */
  public static SSLContext serverContext() throws IOException {
    try {
      var keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(make(), PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException("no key could be made for TLS: " + e.getMessage(), e);
    }
  }

  /** Returns a context that trusts every server. */
  public static SSLContext trustingContext() {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore make() throws GeneralSecurityException, IOException {
    Path folder = Files.createTempDirectory("heddle-bench-");
    Path file = folder.resolve("keys.p12");
    try {
      keytool(file);
      return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static void keytool(Path file) throws IOException {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var process =
        new ProcessBuilder(keytool, "-genkeypair", "-keyalg", "EC", "-alias", "server")
            .redirectErrorStream(true);
    process.command().addAll(List.of("-dname", "CN=localhost"));
    process.command().addAll(List.of("-keystore", file.toString()));
    process.command().addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    var running = process.start();
    try (var reader = running.inputReader()) {
      String output = reader.readAllAsString();
      if (running.waitFor() != 0) {
        throw new IOException("keytool failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
