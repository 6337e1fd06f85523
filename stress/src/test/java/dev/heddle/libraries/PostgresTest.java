package dev.heddle.libraries;

import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The driver of PostgreSQL, which is given our factory by its name. */
final class PostgresTest extends JdbcSuite {
  @BeforeAll
  static void begin(@TempDir Path folder) throws IOException {
    server = OwnServer.postgres(folder, Programs::require);
  }

  @Override
  String url(int port) {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/postgres?socketFactory=dev.heddle.net.HeddleSocketFactory";
  }

  @Override
  String user() {
    return "heddle";
  }

  @Override
  String sleeping() {
    return "select 1 from pg_sleep(60)";
  }
}
