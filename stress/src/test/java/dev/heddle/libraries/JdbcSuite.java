package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.bench.drivers.OwnServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database of the test's own behind HikariCP, whose threads are tasks too. */
abstract class JdbcSuite extends LibrarySuite {
  /** Started by the class that has the tests, once; it takes ten seconds. */
  static @Nullable OwnServer server;

  HikariDataSource pool;

  /** Where the server is, for the driver. */
  abstract String url(int port);

  /** A user who needs no password. */
  abstract String user();

  /** A statement that takes a minute. */
  abstract String sleeping();

  /** Opens the pool; it makes its connections on threads of ours, so that their sockets are too. */
  @BeforeEach
  void open() {
    var config = new HikariConfig();
    config.setJdbcUrl(url(server.port()));
    config.setUsername(user());
    config.setMaximumPoolSize(20);
    config.setConnectionTimeout(60_000);
    config.setInitializationFailTimeout(60_000); // it listens before it serves
    config.setThreadFactory(heddle.threadFactory("hikari"));
    pool = new HikariDataSource(config);
  }

  @AfterEach
  void shut() {
    if (pool != null) {
      pool.close();
    }
  }

  @AfterAll
  static void end() throws IOException {
    if (server != null) { // it is null if the program is missing
      server.close();
      server = null;
    }
  }

  private int query(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getInt(1);
    }
  }

  @Test
  void manyTasksShareAPoolAndEachGetsItsOwnAnswers() throws Exception {
    all(
        index -> {
          for (int i = 0; i < 10; i++) {
            assertEquals(index * 100 + i, query("select " + index + " * 100 + " + i));
          }
        });
    assertTrue(heddle.openSockets() > 0 && heddle.openSockets() <= 20, "the sockets are not ours");
  }

  @Test
  void aStatementThatTakesTooLongIsCancelled() throws Exception {
    var slow =
        go(
            () -> {
              try (Connection connection = pool.getConnection();
                  var statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                return statement.execute(sleeping());
              }
            });
    var e = assertThrows(ExecutionException.class, () -> join(slow)).getCause();
    assertInstanceOf(SQLException.class, e);
    assertEquals(7, join(go(() -> query("select 7"))));
  }

  @Test
  void aServerThatIsKilledEndsItsStatementsAndServesAgainAfterItsRestart() throws Exception {
    var connected = new CountDownLatch(1);
    var slow =
        go(
            () -> {
              try (Connection connection = pool.getConnection();
                  var statement = connection.createStatement()) {
                connected.countDown();
                return statement.execute(sleeping());
              }
            });
    connected.await();
    server.kill();
    var e = assertThrows(ExecutionException.class, () -> join(slow)).getCause();
    assertInstanceOf(SQLException.class, e);
    server.restart();
    assertEquals(7, join(go(() -> eventually(() -> query("select 7")))));
  }

  @Test
  void aPoolThatIsExhaustedTimesOut() throws Exception {
    var small = new HikariConfig();
    pool.copyStateTo(small);
    small.setMaximumPoolSize(1);
    small.setConnectionTimeout(250);
    var timed =
        go(
            () -> {
              try (var one = new HikariDataSource(small);
                  var held = one.getConnection()) {
                assertTrue(held.isValid(10));
                try (var second = one.getConnection()) {
                  return second.isValid(1);
                }
              }
            });
    var e = assertThrows(ExecutionException.class, () -> join(timed)).getCause();
    assertTrue(
        e instanceof SQLTimeoutException || e instanceof java.sql.SQLTransientConnectionException,
        () -> String.valueOf(e));
  }
}
