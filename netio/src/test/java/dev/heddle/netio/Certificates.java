package dev.heddle.netio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates for tests, made once by the JDK's keytool: an authority, and what it has signed. */
final class Certificates {
  static final String SERVER = "localhost";
  static final String OTHER = "other.example";
  static final String EXPIRED = "expired";
  static final String CLIENT = "client";

  private static final char[] PASSWORD = "for tests only".toCharArray();
  private static final String AUTHORITY = "authority";
  private static final KeyStore STORE = make();

  private Certificates() {}

  /** A context that trusts the authority, and has the key of that name, if any. */
  static SSLContext context(@Nullable String name) {
    return context("TLS", name);
  }

  /** The same for one version of the protocol, such as {@code TLSv1.2}, and older ones. */
  static SSLContext context(String protocol, @Nullable String name) {
    try {
      var trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry(AUTHORITY, STORE.getCertificate(AUTHORITY));
      var trusting = TrustManagerFactory.getInstance("PKIX");
      trusting.init(trust);
      var context = SSLContext.getInstance(protocol);
      context.init(keys(name), trusting.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyManager @Nullable [] keys(@Nullable String name)
      throws GeneralSecurityException, IOException {
    if (name == null) {
      return null;
    }
    var own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(name, STORE.getKey(name, PASSWORD), PASSWORD, STORE.getCertificateChain(name));
    var managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(own, PASSWORD);
    return managers.getKeyManagers();
  }

  private static KeyStore make() {
    try {
      var folder = Files.createTempDirectory("certificates");
      var file = folder.resolve("store.p12");
      keytool(file, AUTHORITY, "-ext", "bc:c", "-validity", "100");
      sign(file, SERVER, "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "50");
      sign(file, OTHER, "-ext", "san=dns:other.example", "-validity", "50");
      sign(file, EXPIRED, "-ext", "san=dns:localhost", "-startdate", "-10d", "-validity", "1");
      sign(file, CLIENT, "-validity", "50");
      var store = KeyStore.getInstance(file.toFile(), PASSWORD);
      Files.delete(file);
      Files.delete(folder);
      return store;
    } catch (GeneralSecurityException | IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sign(Path file, String name, String... options)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("-signer", AUTHORITY));
    all.addAll(List.of(options));
    keytool(file, name, all.toArray(String[]::new));
  }

  private static void keytool(Path file, String name, String... options)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", name, "-dname", "CN=" + name));
    command.addAll(List.of("-keystore", file.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    command.addAll(List.of(options));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    if (process.waitFor() != 0) {
      throw new AssertionError(command + ": " + output);
    }
  }
}
