package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Programs;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class MiniRedisTest {
  private static Local redis;

  @BeforeAll
  static void start() {
    redis = Local.server(MiniRedis.HELP, MiniRedis::run);
  }

  @AfterAll
  static void end() {
    redis.close();
  }

  @BeforeEach
  void clear() throws Exception {
    Programs.require("redis-cli");
    Programs.require("redis-benchmark");
    assertEquals("OK", cli("FLUSHALL"));
  }

  /** What redis-cli prints for commands that are separated by semicolons. */
  private static String cli(String commands) throws Exception {
    var input = commands.replaceAll("; *", "\n") + "\n";
    var lines = Programs.run(input, "redis-cli", "-p", redis.port()).ok().lines();
    return String.join(" ", lines.filter(line -> !line.isEmpty()).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SET a hi; GET a; STRLEN a; APPEND a gh; GET a           | OK hi 2 4 high
          SET n 10; INCR n; INCRBY n 10; DECR n; DECRBY n 5       | OK 11 21 20 15
          MSET a 1 b 2; MGET a b; SETNX a 5; SET a 3 XX; GET a    | OK 1 2 0 OK 3
          SET a 1; SET a 2 NX; GETSET a 3; GETDEL a; EXISTS a     | OK 1 3 0
          SET a 1 EX 100; TTL a; INCR a; TTL a; PERSIST a; TTL a  | OK 100 2 100 1 -1
          SET a 1; PEXPIRE a 0; EXISTS a; TTL a                   | OK 1 0 -2
          RPUSH l a b c; LPUSH l z; LRANGE l 0 -1; LINDEX l -1    | 3 4 z a b c c
          RPUSH l a b c; LPOP l; RPOP l; LLEN l; LPOP l; EXISTS l | 3 a c 1 b 0
          RPUSH l a b c; LPOP l 2; LRANGE l 5 9; TYPE l           | 3 a b list
          HSET h f v g w; HGET h f; HGETALL h; HDEL h f; HLEN h   | 2 v f v g w 1 1
          HINCRBY h n 7; HEXISTS h n; HMGET h n n; HKEYS h        | 7 1 7 7 n
          SADD s x y; SADD s x; SMEMBERS s; SREM s x; SCARD s     | 2 0 x y 1 1
          SADD s x; SPOP s; EXISTS s; SISMEMBER s x               | 1 x 0 0
          MSET ab 1 bb 2 ac 3; KEYS b*; DEL ab bb; DBSIZE         | OK bb 2 1
          CONFIG GET save; CLIENT SETNAME me; CLIENT GETNAME      | save OK me
          """)
  void redisCliGetsWhatRedisWouldSay(String commands, String replies) throws Exception {
    assertEquals(replies, cli(commands));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WEAVE x              | ERR unknown command 'weave'
          GET                  | ERR wrong number of arguments for 'get' command
          SET a b EX           | ERR syntax error
          SET a b EX 0         | ERR invalid expire time
          SET a x; INCR a      | OK ERR value is not an integer or out of range
          SET a 9223372036854775807; INCR a | OK ERR increment or decrement would overflow
          LPUSH l x; GET l     | 1 WRONGTYPE Operation against a key holding the wrong kind of value
          SELECT 1             | ERR DB index is out of range
          """)
  void mistakeIsTheErrorOfRedisAndTheConnectionContinues(String commands, String replies)
      throws Exception {
    assertEquals(replies + " PONG", cli(commands + "; PING"));
  }

  @Test
  void version3HasMapsForRedisCli() throws Exception {
    cli("HSET h f v");
    var reply = Programs.run("", "redis-cli", "-3", "--json", "-p", redis.port(), "HGETALL", "h");
    assertEquals("{\"f\":\"v\"}\n", reply.ok());
  }

  @Test
  void subscriberHearsWhatIsPublishedInItsOrder() throws Exception {
    var subscriber =
        new ProcessBuilder("redis-cli", "-p", redis.port(), "SUBSCRIBE", "news").start();
    try (var lines = subscriber.inputReader(ISO_8859_1)) {
      assertEquals("subscribe", lines.readLine());
      assertEquals("news", lines.readLine());
      assertEquals("1", lines.readLine());
      assertEquals("1 1 0", cli("PUBLISH news a; PUBLISH news b; PUBLISH other c"));
      for (var message : List.of("a", "b")) {
        assertEquals("message", lines.readLine());
        assertEquals("news", lines.readLine());
        assertEquals(message, lines.readLine());
      }
    } finally {
      subscriber.destroyForcibly();
    }
  }

  @Test
  void redisBenchmarkIsServedPipelinedAndNot() throws Exception {
    for (var more : List.of("-P 1", "-P 16")) {
      var command =
          "redis-benchmark -p %s --csv -n 2000 -c 20 %s".formatted(redis.port(), more)
              + " -t ping,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,lrange_100,mset";
      var output = Programs.shell(command).ok();
      assertTrue(!output.toLowerCase(java.util.Locale.ROOT).contains("error"), output);
      assertTrue(output.contains("\"MSET (10 keys)\""), output);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*x\r\n",
        "*1\r\n:1\r\n",
        "*1\r\n$-5\r\n",
        "*1\r\n$99999999999\r\n",
        "*200000000\r\n"
      })
  void malformedProtocolIsOneErrorAndTheEnd(String sent) throws Exception {
    try (var client = redis.connect()) {
      client.getOutputStream().write(sent.getBytes(ISO_8859_1));
      var reply = new String(client.getInputStream().readAllBytes(), ISO_8859_1);
      assertTrue(reply.matches("-ERR Protocol error: [^\r\n]+\r\n"), reply);
    }
  }
}
