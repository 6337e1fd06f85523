package dev.heddle.bench.drivers;

import dev.heddle.bench.tasks.Tasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/** A driver that is measured, and the server that it talks to. */
public enum Driver {
  /** Queries PostgreSQL by JDBC, through HikariCP. */
  JDBC {
    @Override
    public OwnServer serve(Path folder, Function<String, Path> program) throws IOException {
      return OwnServer.postgres(folder, program);
    }

    @Override
    Pool open(Tasks tasks, int port) {
      return new JdbcQueries(tasks, port);
    }
  },
  /** Gets values from Redis by Jedis. */
  JEDIS {
    @Override
    public OwnServer serve(Path folder, Function<String, Path> program) throws IOException {
      return OwnServer.redis(folder, program);
    }

    @Override
    Pool open(Tasks tasks, int port) {
      return new JedisGets(port);
    }
  };

  /** How many connections a pool has. */
  static final int CONNECTIONS = 20;

  /** A pool of connections, and the request that all tasks send through it. */
  interface Pool extends AutoCloseable {
    /** Sends a request, waits for the answer, and checks it. */
    void request(int number);

    @Override
    void close();
  }

  /**
   * Starts the server, in an empty folder of its own.
   *
   * @param program finds a program by its name, or throws
   */
  public abstract OwnServer serve(Path folder, Function<String, Path> program) throws IOException;

  /** Opens a pool. */
  abstract Pool open(Tasks tasks, int port);

  /** As the command line and the figures call it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
