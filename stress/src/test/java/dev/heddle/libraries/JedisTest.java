package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.drivers.OwnServer;
import dev.heddle.testing.Programs;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisPoolConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Jedis with a Redis server of the test's own. */
final class JedisTest extends LibrarySuite {
  @TempDir static Path folder;

  private OwnServer server;
  private JedisPool pool;

  @BeforeEach
  void open() throws Exception {
    server = OwnServer.redis(folder, Programs::require);
    var config = new JedisPoolConfig();
    config.setMaxTotal(20);
    config.setMaxIdle(20);
    pool = new JedisPool(config, "127.0.0.1", server.port(), 5000);
  }

  @AfterEach
  void shut() throws Exception {
    if (pool != null) {
      pool.close();
      server.close();
    }
  }

  @Test
  void manyTasksShareAPoolAndEachGetsItsOwnAnswers() throws Exception {
    all(
        index -> {
          for (int i = 0; i < 20; i++) {
            try (Jedis jedis = pool.getResource()) {
              jedis.set("key" + index, index + "/" + i);
              assertEquals(index + "/" + i, jedis.get("key" + index));
            }
          }
        });
    assertTrue(heddle.openSockets() > 0 && heddle.openSockets() <= 20, "the sockets are not ours");
  }

  @Test
  void aServerThatIsSilentIsATimeoutAndOneThatAnswersLateServesAgain() throws Exception {
    var timed =
        go(
            () -> {
              try (var jedis = new Jedis("127.0.0.1", server.port(), 100)) {
                jedis.clientPause(500);
                return jedis.set("a", "b");
              }
            });
    var e = assertThrows(ExecutionException.class, () -> join(timed)).getCause();
    assertInstanceOf(JedisConnectionException.class, e);
    assertInstanceOf(SocketTimeoutException.class, e.getCause());
    assertEquals("OK", join(go(() -> pool.getResource().set("a", "b"))));
  }

  @Test
  void aPopThatBlocksIsWokenByAPush() throws Exception {
    var pop =
        go(
            () -> {
              try (Jedis jedis = pool.getResource()) {
                return jedis.blpop(60, "list").get(1);
              }
            });
    join(
        go(
            () -> {
              try (Jedis jedis = pool.getResource()) {
                return jedis.rpush("list", "value");
              }
            }));
    assertEquals("value", join(pop));
  }

  @Test
  void aServerThatIsKilledEndsItsCallsAndServesAgainAfterItsRestart() throws Exception {
    var waiting =
        go(
            () -> {
              try (Jedis jedis = pool.getResource()) {
                return jedis.blpop(60, "nothing");
              }
            });
    join(go(() -> eventually(() -> requireBlocked())));
    server.kill();
    var e = assertThrows(ExecutionException.class, () -> join(waiting)).getCause();
    assertInstanceOf(JedisConnectionException.class, e);
    server.restart();
    var again =
        go(
            () ->
                eventually(
                    () -> {
                      try (Jedis jedis = pool.getResource()) {
                        return jedis.set("a", "c");
                      }
                    }));
    assertEquals("OK", join(again));
  }

  private boolean requireBlocked() {
    try (Jedis jedis = pool.getResource()) {
      if (!jedis.info("clients").contains("blocked_clients:1")) {
        throw new IllegalStateException("nobody is blocked yet");
      }
      return true;
    }
  }

  @Test
  void closingTheRuntimeEndsWhoWaits() throws Exception {
    var waiting =
        go(
            () -> {
              try (Jedis jedis = pool.getResource()) {
                return jedis.blpop(60, "nothing");
              }
            });
    join(go(() -> eventually(() -> requireBlocked())));
    heddle.close();
    assertInstanceOf(
        JedisConnectionException.class,
        assertThrows(ExecutionException.class, () -> join(waiting)).getCause());
  }
}
