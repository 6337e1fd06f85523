package dev.heddle.libraries;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The driver of PostgreSQL, which is given our factory by its name. */
final class PostgresTest extends JdbcSuite {
  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    var started = OwnServer.postgres(folder);
    open(
        started,
        "jdbc:postgresql://127.0.0.1:"
            + started.port
            + "/postgres?socketFactory=dev.heddle.net.HeddleSocketFactory",
        "heddle");
  }

  @Override
  String sleeping() {
    return "select 1 from pg_sleep(60)";
  }
}
