package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.testing.Programs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lettuce, whose one connection is on Netty's own threads, while tasks wait for its answers. */
final class LettuceTest extends LibrarySuite {
  @TempDir static Path folder;

  private OwnServer server;
  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;

  @BeforeEach
  void open() throws Exception {
    server = OwnServer.redis(folder, Programs::require);
    client = RedisClient.create("redis://127.0.0.1:" + server.port());
    connection = client.connect();
  }

  @AfterEach
  void shut() throws Exception {
    if (client != null) {
      connection.close();
      client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
      server.close();
    }
  }

  @Test
  void manyTasksShareAConnectionAndEachGetsItsOwnAnswers() throws Exception {
    all(
        index -> {
          for (int i = 0; i < 20; i++) {
            String value = index + "/" + i;
            assertEquals("OK", connection.sync().set("key" + index, value));
            assertEquals(value, connection.sync().get("key" + index));
          }
        });
  }

  @Test
  void aServerThatIsSilentIsATimeoutAndOneThatAnswersLateServesAgain() throws Exception {
    connection.setTimeout(Duration.ofMillis(100));
    var timed =
        go(
            () -> {
              String _ = connection.sync().clientPause(1_000);
              return connection.sync().set("a", "b");
            });
    var e = assertThrows(ExecutionException.class, () -> join(timed)).getCause();
    assertInstanceOf(RedisCommandTimeoutException.class, e);
    connection.setTimeout(Duration.ofSeconds(60));
    assertEquals("OK", join(go(() -> connection.sync().set("a", "c"))));
  }

  @Test
  void aServerThatIsKilledServesAgainAfterItsRestart() throws Exception {
    assertEquals("OK", join(go(() -> connection.sync().set("a", "b"))));
    server.kill();
    server.restart();
    assertEquals("OK", join(go(() -> eventually(() -> connection.sync().set("a", "c")))));
  }
}
