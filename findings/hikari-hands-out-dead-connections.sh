#!/usr/bin/env bash
# HikariCP hands out a dead connection, untested, if it was used less than half a second before.
#
# Guess:   the pool tests a connection with isValid() each time before it hands it out, so after the database's restart
#          getConnection() never returns a connection from before.
# Saw:     a connection that came back within the last 500 ms is not tested. The busier the service, the surer its first
#          requests after a restart of the database get a connection that fails at the first statement; after a pause of
#          a second the same pool tests, throws it away and makes a new one.
# Package: com.zaxxer:HikariCP:7.1.0 with com.h2database:h2:2.5.252 on JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars com.zaxxer:HikariCP:7.1.0 com.h2database:h2:2.5.252

program Restart <<'JAVA'
import com.zaxxer.hikari.*;
import java.sql.*;
import org.h2.tools.Server;

class Restart {
  public static void main(String[] args) throws Exception {
    var port = args[0];
    var config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:tcp://127.0.0.1:" + port + "/" + args[1]);
    config.setUsername("sa");
    config.setMaximumPoolSize(1);
    var server = start(port);
    try (var pool = new HikariDataSource(config)) {
      query(pool); // warm
      for (int pause : new int[] {0, 1000}) {
        query(pool);
        server.stop();
        server = start(port);
        Thread.sleep(pause);
        System.out.println("restart, " + pause + " ms pause, first query: " + query(pool));
        System.out.println("restart, " + pause + " ms pause, second query: " + query(pool));
      }
    }
    server.stop();
    Runtime.getRuntime().halt(0);
  }

  static Server start(String port) throws SQLException {
    return Server.createTcpServer("-tcpPort", port, "-ifNotExists").start();
  }

  static String query(HikariDataSource pool) {
    try (var connection = pool.getConnection(); var statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      return "works";
    } catch (SQLException e) {
      return e.getClass().getSimpleName();
    }
  }
}
JAVA
java_run -Dh2.bindAddress=127.0.0.1 Restart "$(free_port)" "$work/db" >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
seen "$work/out" '^restart, 0 ms pause, first query: .*Exception' '^restart, 1000 ms pause, first query: works'
