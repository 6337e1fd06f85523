package dev.heddle.libraries;

import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The driver of MySQL with a MariaDB server; it makes its sockets itself, in tasks. */
final class MySqlDriverTest extends JdbcSuite {
  @BeforeAll
  static void begin(@TempDir Path folder) throws IOException {
    server = OwnServer.mariadb(folder, Programs::require);
  }

  @Override
  String url(int port) {
    return "jdbc:mysql://127.0.0.1:"
        + port
        + "/mysql?sslMode=DISABLED&allowPublicKeyRetrieval=true";
  }

  @Override
  String user() {
    return "root";
  }

  @Override
  String sleeping() {
    return "select sleep(60)";
  }
}
