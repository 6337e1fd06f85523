package dev.heddle.libraries;

import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The driver of MariaDB, which is given our factory by its name. */
final class MariaDbTest extends JdbcSuite {
  @BeforeAll
  static void begin(@TempDir Path folder) throws IOException {
    server = OwnServer.mariadb(folder, Programs::require);
  }

  @Override
  String url(int port) {
    return "jdbc:mariadb://127.0.0.1:"
        + port
        + "/mysql?socketFactory=dev.heddle.net.HeddleSocketFactory";
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
