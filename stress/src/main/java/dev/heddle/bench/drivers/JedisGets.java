package dev.heddle.bench.drivers;

import java.time.Duration;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisPoolConfig;

/** One value by its key. The task that finds no connection idle makes one. */
final class JedisGets implements Driver.Pool {
  private static final String KEY = "key";
  private static final String VALUE = "0123456789abcdef";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JedisPool pool;

  JedisGets(int port) {
    var config = new JedisPoolConfig();
    config.setMaxTotal(Driver.CONNECTIONS);
    config.setMaxIdle(Driver.CONNECTIONS);
    config.setMaxWait(PATIENCE);
    pool = new JedisPool(config, "127.0.0.1", port);
    try (Jedis jedis = pool.getResource()) {
      var _ = jedis.set(KEY, VALUE);
    }
    pool.clear(); // that connection is of this thread, and no task's
  }

  @Override
  public void request(int number) {
    try (Jedis jedis = pool.getResource()) {
      if (!VALUE.equals(jedis.get(KEY))) {
        throw new IllegalStateException("a wrong answer");
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
