package dev.heddle.bench.drivers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.bench.tasks.Tasks;
import java.sql.SQLException;

/** One row by its key, prepared, through HikariCP. The pool makes its connections in tasks. */
final class JdbcQueries implements Driver.Pool {
  private final HikariDataSource pool;

  JdbcQueries(Tasks tasks, int port) {
    var config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + port + "/postgres");
    tasks.socketFactory().ifPresent(name -> config.addDataSourceProperty("socketFactory", name));
    config.setUsername("heddle");
    config.setMaximumPoolSize(Driver.CONNECTIONS);
    config.setThreadFactory(tasks.threads());
    config.setInitializationFailTimeout(60_000); // the server listens before it serves
    pool = new HikariDataSource(config);
  }

  @Override
  public void request(int number) {
    try (var connection = pool.getConnection();
        var statement = connection.prepareStatement("select ? + 1")) {
      statement.setInt(1, number);
      try (var rows = statement.executeQuery()) {
        if (!rows.next() || rows.getInt(1) != number + 1) {
          throw new IllegalStateException("a wrong answer");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
