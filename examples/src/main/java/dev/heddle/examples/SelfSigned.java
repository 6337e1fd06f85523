package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A key with a certificate for {@code localhost} and {@code 127.0.0.1} that it has signed itself,
 * made when a program starts. The JDK makes such only by its {@code keytool}, so that is run.
 *
 * @param context serves with the certificate
 * @param pem the certificate as text, for {@code curl --cacert} and {@code openssl -CAfile}
 */
record SelfSigned(SSLContext context, String pem) {
  private static final String PASSWORD = "only in a folder that is gone at once";
  private static final String KEYTOOL =
      "-genkeypair -alias heddle -keyalg EC -groupname secp256r1 -validity 30 -storetype PKCS12"
          + " -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 -storepass:env"
          + " STORE_PASSWORD";

  static SelfSigned create() throws IOException {
    var folder = Files.createTempDirectory("heddle"); // nobody else may look into it
    var file = folder.resolve("store.p12");
    try {
      return load(run(file));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static Path run(Path file) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(KEYTOOL.split(" ")));
    command.addAll(List.of("-keystore", file.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("STORE_PASSWORD", PASSWORD);
    var keytool = builder.start();
    var output = new String(keytool.getInputStream().readAllBytes(), US_ASCII).strip();
    try {
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool cannot make a certificate: " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted while keytool makes a certificate", e);
    }
    return file;
  }

  private static SelfSigned load(Path file) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    var certificate = encoder.encodeToString(store.getCertificate("heddle").getEncoded());
    var pem = "-----BEGIN CERTIFICATE-----\n" + certificate + "\n-----END CERTIFICATE-----\n";
    return new SelfSigned(context, pem);
  }

  /** Writes the certificate to a file where a program's option names one. */
  void write(Options options, String option) throws IOException {
    if (options.has(option)) {
      Files.writeString(Path.of(options.text(option)), pem);
    }
  }
}
