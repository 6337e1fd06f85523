package dev.heddle.libraries;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The driver of MariaDB, which is given our factory by its name. */
final class MariaDbTest extends JdbcSuite {
  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    var started = OwnServer.mariadb(folder);
    open(
        started,
        "jdbc:mariadb://127.0.0.1:"
            + started.port
            + "/mysql?socketFactory=dev.heddle.net.HeddleSocketFactory",
        "root");
  }

  @Override
  String sleeping() {
    return "select sleep(60)";
  }
}
