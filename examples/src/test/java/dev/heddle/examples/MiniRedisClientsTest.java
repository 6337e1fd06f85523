package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Waits;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/** The two clients that most Java programs use, over both versions of the protocol. */
@Timeout(120)
class MiniRedisClientsTest {
  private static Local redis;

  @BeforeAll
  static void start() {
    redis = Local.server(MiniRedis.HELP, MiniRedis::run);
  }

  @AfterAll
  static void end() {
    redis.close();
  }

  private static Jedis jedis(RedisProtocol protocol) {
    return new Jedis(
        "127.0.0.1",
        redis.portNumber(),
        DefaultJedisClientConfig.builder().protocol(protocol).clientName("loom").build());
  }

  @BeforeEach
  void clear() {
    try (var jedis = jedis(RedisProtocol.RESP2)) {
      assertEquals("OK", jedis.flushAll());
    }
  }

  @ParameterizedTest
  @EnumSource
  void jedisUsesAllKindsOfValues(RedisProtocol protocol) {
    try (var jedis = jedis(protocol)) {
      assertEquals("PONG", jedis.ping());
      assertEquals("OK", jedis.set("warp", "1", SetParams.setParams().ex(100)));
      assertEquals(2, jedis.incr("warp"));
      assertEquals(100, jedis.ttl("warp"));
      assertEquals(2, jedis.hset("cloth", Map.of("warp", "linen", "weft", "wool")));
      assertEquals(Map.of("warp", "linen", "weft", "wool"), jedis.hgetAll("cloth"));
      assertEquals(3, jedis.rpush("list", "a", "b", "c"));
      assertEquals(List.of("a", "b", "c"), jedis.lrange("list", 0, -1));
      assertEquals(2, jedis.sadd("set", "x", "y"));
      assertEquals(Set.of("x", "y"), jedis.smembers("set"));
      assertEquals("loom", jedis.clientGetname());
      var wrong = assertThrows(JedisDataException.class, () -> jedis.get("list"));
      assertTrue(wrong.getMessage().startsWith("WRONGTYPE "), wrong.getMessage());
      assertEquals("PONG", jedis.ping());
    }
  }

  @ParameterizedTest
  @EnumSource
  void jedisPipelinesAThousandCommands(RedisProtocol protocol) {
    try (var jedis = jedis(protocol);
        var pipeline = jedis.pipelined()) {
      var replies = new ArrayList<redis.clients.jedis.Response<Long>>();
      for (int i = 0; i < 1000; i++) {
        replies.add(pipeline.incr("n"));
      }
      pipeline.sync();
      for (int i = 0; i < 1000; i++) {
        assertEquals(i + 1, replies.get(i).get());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void jedisHearsWhatIsPublished(RedisProtocol protocol) {
    var heard = new LinkedBlockingQueue<String>();
    var subscribed = new CountDownLatch(1);
    var hears =
        new JedisPubSub() {
          @Override
          public void onSubscribe(String channel, int count) {
            subscribed.countDown();
          }

          @Override
          public void onMessage(String channel, String message) {
            heard.add(channel + " " + message);
          }
        };
    try (var subscriber = jedis(protocol);
        var publisher = jedis(protocol)) {
      var thread = Thread.ofPlatform().start(() -> subscriber.subscribe(hears, "news"));
      Waits.await(subscribed);
      for (int i = 0; i < 100; i++) {
        assertEquals(1, publisher.publish("news", "" + i));
      }
      for (int i = 0; i < 100; i++) {
        assertEquals("news " + i, Waits.take(heard));
      }
      hears.unsubscribe();
      Waits.join(thread);
      assertEquals(0, publisher.publish("news", "nobody"));
    }
  }

  @Test
  void lettuceUsesAllKindsOfValuesAndManyAtOnce() {
    var client = RedisClient.create(RedisURI.create("127.0.0.1", redis.portNumber()));
    try (var connection = client.connect()) {
      var commands = connection.sync();
      assertEquals("OK", commands.set("warp", "1", SetArgs.Builder.ex(100)));
      assertEquals(100, commands.ttl("warp"));
      assertEquals(2, commands.hset("cloth", Map.of("warp", "linen", "weft", "wool")));
      assertEquals(Map.of("warp", "linen", "weft", "wool"), commands.hgetall("cloth"));
      assertEquals(2, commands.sadd("set", "x", "y"));
      assertEquals(Set.of("x", "y"), commands.smembers("set"));
      assertThrows(RedisCommandExecutionException.class, () -> commands.get("cloth"));
      var futures = new ArrayList<RedisFuture<Long>>();
      for (int i = 0; i < 1000; i++) {
        futures.add(connection.async().incr("n"));
      }
      assertTrue(
          LettuceFutures.awaitAll(60, TimeUnit.SECONDS, futures.toArray(RedisFuture<?>[]::new)));
      assertEquals("1000", commands.get("n"));
    } finally {
      client.shutdown(0, 10, TimeUnit.SECONDS);
    }
  }

  @Test
  void lettuceHearsWhatIsPublished() {
    var heard = new LinkedBlockingQueue<String>();
    var client = RedisClient.create(RedisURI.create("127.0.0.1", redis.portNumber()));
    try (var subscriber = client.connectPubSub();
        var publisher = client.connect()) {
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              heard.add(channel + " " + message);
            }
          });
      subscriber.sync().subscribe("news");
      for (int i = 0; i < 100; i++) {
        assertEquals(1, publisher.sync().publish("news", "" + i));
      }
      for (int i = 0; i < 100; i++) {
        assertEquals("news " + i, Waits.take(heard));
      }
    } finally {
      client.shutdown(0, 10, TimeUnit.SECONDS);
    }
  }
}
