package dev.heddle.stress.suites;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A key that trusts itself, made by the JDK's keytool once and forgotten when the JVM ends. */
final class TlsKeys {
  static final String SERVER = "localhost";

  private static final String PASSWORD = "of this run only";

  private static @Nullable SSLContext made; // guarded by the class

  private TlsKeys() {}

  /** For both ends. The first call takes a second or more. */
  static synchronized SSLContext context()
      throws IOException, GeneralSecurityException, InterruptedException {
    var context = made;
    if (context == null) {
      context = make();
      made = context;
    }
    return context;
  }

  private static SSLContext make()
      throws IOException, GeneralSecurityException, InterruptedException {
    var folder = Files.createTempDirectory("heddle-tls");
    var file = folder.resolve("store.p12");
    try {
      keytool(file);
      var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
      var keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, PASSWORD.toCharArray());
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(SERVER, store.getCertificate(SERVER));
      var trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static void keytool(Path file) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1", // the JDK's fastest: handshakes are what is wanted
                "-alias",
                SERVER,
                "-dname",
                "CN=" + SERVER,
                "-ext",
                "san=dns:" + SERVER,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
  }
}
