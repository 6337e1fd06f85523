package dev.heddle.libraries;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The driver of MySQL with a MariaDB server; it makes its sockets itself, in tasks. */
final class MySqlDriverTest extends JdbcSuite {
  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    var started = OwnServer.mariadb(folder);
    open(
        started,
        "jdbc:mysql://127.0.0.1:"
            + started.port
            + "/mysql?sslMode=DISABLED&allowPublicKeyRetrieval=true",
        "root");
  }

  @Override
  String sleeping() {
    return "select sleep(60)";
  }
}
