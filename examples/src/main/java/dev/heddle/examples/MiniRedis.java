package dev.heddle.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A small Redis: strings, counters, expiry, lists, hashes, sets, pub/sub and pipelining over RESP2
 * and RESP3, enough for the real {@code redis-cli}, {@code redis-benchmark}, Jedis and Lettuce.
 *
 * <p>One task for each client, and one lock around the data: as in Redis, one command at a time.
 * All data are texts of ISO 8859-1, in which each byte is a character. Nothing is kept on disk.
 *
 * <pre>
 * ./heddle run mini-redis
 * redis-cli -p 6379 SET greeting hello EX 10
 * redis-benchmark -p 6379 -q -t set,get,incr,lpush,lpop,sadd,hset,mset -P 16
 * </pre>
 */
final class MiniRedis implements RespClient.Handler {
  static final String HELP =
      """
      mini-redis: strings, lists, hashes, sets, expiry and pub/sub for any Redis client
        --host HOST          address to listen on (127.0.0.1)
        --port PORT          0 takes a free one (6379)
      """;

  private static final int EXPIRY_SAMPLE = 1000;

  /** What a key has. Guarded by the lock. */
  private static final class Entry {
    Object value; // a String, an ArrayDeque, a Map or a Set
    long expiresAt; // on the clock of the system, in ms; 0: never

    Entry(Object value) {
      this.value = value;
    }
  }

  /** The commands, each with its arity: it counts the name, and is negative if more may follow. */
  private static final Map<String, Integer> COMMANDS =
      Pattern.compile("(\\w+) (-?\\d)")
          .matcher(
              """
              info -1 dbsize 1 flushall -1 flushdb -1 exists -2 del -2 unlink -2 type 2 keys 2
              expire 3 pexpire 3 ttl 2 pttl 2 persist 2
              get 2 set -3 setnx 3 setex 4 getset 3 getdel 2 mget -2 mset -3 append 3 strlen 2
              incr 2 decr 2 incrby 3 decrby 3
              lpush -3 rpush -3 lpop -2 rpop -2 llen 2 lrange 4 lindex 3
              hset -4 hmset -4 hget 3 hmget -3 hdel -3 hgetall 2 hlen 2 hkeys 2 hvals 2 hexists 3
              hincrby 4 sadd -3 srem -3 smembers 2 scard 2 sismember 3 spop 2
              publish 3 subscribe -2 unsubscribe -1
              """)
          .results()
          .collect(Collectors.toMap(m -> m.group(1), m -> Integer.valueOf(m.group(2))));

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Entry> data = new HashMap<>(); // guarded by the lock
  private final Map<String, Set<RespClient>> channels = new HashMap<>(); // guarded by the lock
  private long served; // guarded by the lock

  private MiniRedis() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, MiniRedis::run, args));
  }

  static void run(Options options) throws IOException {
    var redis = new MiniRedis();
    try (var heddle = options.start()) {
      var listener = heddle.listen(options.listenAddress());
      heddle.go(
          "accept",
          () -> {
            while (true) {
              var conn = listener.accept();
              heddle.go("client", new RespClient(heddle, conn, redis)::serve);
            }
          });
      heddle.every(Duration.ofMillis(100), redis::expireSome);
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  @Override
  public Set<String> commands() {
    return COMMANDS.keySet();
  }

  @Override
  public void execute(RespClient client, String name, List<String> args) throws IOException {
    int arity = Objects.requireNonNull(COMMANDS.get(name));
    if (arity > 0 ? args.size() != arity : args.size() < -arity) {
      throw arguments(name);
    }
    var key = args.size() > 1 ? args.get(1) : "";
    lock.lock();
    try {
      served++;
      boolean known =
          keys(client, name, key, args)
              || strings(client, name, key, args)
              || lists(client, name, key, args)
              || hashes(client, name, key, args)
              || sets(client, name, key, args)
              || channels(client, name, key, args);
      assert known : name;
    } finally {
      lock.unlock();
    }
  }

  private static RespClient.RespError arguments(String name) {
    return new RespClient.RespError("ERR wrong number of arguments for '" + name + "' command");
  }

  // ---- the data; all under the lock

  private static boolean isExpired(Entry entry, long now) {
    return entry.expiresAt != 0 && entry.expiresAt <= now;
  }

  private @Nullable Entry entry(String key) {
    var entry = data.get(key);
    if (entry != null && isExpired(entry, System.currentTimeMillis())) {
      data.remove(key);
      return null;
    }
    return entry;
  }

  /** The value of a key, null if it has none. */
  private <T> @Nullable T find(String key, Class<T> type) {
    var entry = entry(key);
    if (entry != null && !type.isInstance(entry.value)) {
      throw new RespClient.RespError(
          "WRONGTYPE Operation against a key holding the wrong kind of value");
    }
    return entry == null ? null : type.cast(entry.value);
  }

  /** The collection of a key, a new one if it has none; kept only if it is to be filled. */
  private <T> T collection(String key, Class<T> type, boolean keep, Supplier<T> create) {
    var value = find(key, type);
    if (value == null) {
      value = create.get();
      if (keep) {
        data.put(key, new Entry(value));
      }
    }
    return value;
  }

  @SuppressWarnings("unchecked") // every deque in the data has texts
  private ArrayDeque<String> list(String key, boolean keep) {
    return collection(key, ArrayDeque.class, keep, ArrayDeque::new);
  }

  @SuppressWarnings("unchecked") // so has every map
  private Map<String, String> hash(String key, boolean keep) {
    return collection(key, LinkedHashMap.class, keep, LinkedHashMap::new);
  }

  @SuppressWarnings("unchecked") // and every set
  private Set<String> members(String key, boolean keep) {
    return collection(key, LinkedHashSet.class, keep, LinkedHashSet::new);
  }

  private void removeIfEmpty(String key, boolean empty) {
    if (empty) {
      data.remove(key);
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RespClient.RespError("ERR value is not an integer or out of range");
    }
  }

  private static long negated(long number) {
    if (number == Long.MIN_VALUE) {
      throw new RespClient.RespError("ERR decrement would overflow");
    }
    return -number;
  }

  private static long add(long a, long b) {
    try {
      return Math.addExact(a, b);
    } catch (ArithmeticException e) {
      throw new RespClient.RespError("ERR increment or decrement would overflow");
    }
  }

  private void expireSome() {
    lock.lock();
    try {
      long now = System.currentTimeMillis();
      var sample = data.entrySet().stream().limit(EXPIRY_SAMPLE);
      var gone = sample.filter(e -> isExpired(e.getValue(), now)).map(Map.Entry::getKey).toList();
      gone.forEach(data::remove);
    } finally {
      lock.unlock();
    }
  }

  // ---- commands, in groups; each method returns whether it has the command

  private String info() {
    return """
    # Server
    redis_version:7.4.0
    redis_mode:standalone
    process_id:%d
    # Stats
    total_commands_processed:%d
    # Keyspace
    db0:keys=%d
    """
        .formatted(ProcessHandle.current().pid(), served, data.size())
        .replace("\n", "\r\n");
  }

  private boolean keys(RespClient c, String name, String key, List<String> a) {
    var keys = a.stream().skip(1);
    switch (name) {
      case "info" -> c.bulk(info());
      case "dbsize" -> c.integer(data.size());
      case "exists" -> c.integer(keys.filter(k -> entry(k) != null).count());
      case "del", "unlink" ->
          c.integer(keys.filter(k -> entry(k) != null && data.remove(k) != null).count());
      case "type" -> c.simple(type(entry(key)));
      case "keys" -> c.bulks(matching(key));
      case "expire" -> expire(c, key, number(a.get(2)), 1000);
      case "pexpire" -> expire(c, key, number(a.get(2)), 1);
      case "ttl" -> timeToLive(c, key, 1000);
      case "pttl" -> timeToLive(c, key, 1);
      case "persist" -> {
        var entry = entry(key);
        c.integer(entry == null || entry.expiresAt == 0 ? 0 : 1);
        if (entry != null) {
          entry.expiresAt = 0;
        }
      }
      case "flushall", "flushdb" -> {
        data.clear();
        c.simple("OK");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String type(@Nullable Entry entry) {
    return switch (entry == null ? null : entry.value) {
      case null -> "none";
      case String _ -> "string";
      case ArrayDeque<?> _ -> "list";
      case Map<?, ?> _ -> "hash";
      default -> "set";
    };
  }

  /** The keys that match a pattern with * and ?. */
  private List<String> matching(String glob) {
    var regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    var pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    var keys = List.copyOf(data.keySet()).stream();
    return keys.filter(key -> pattern.matcher(key).matches() && entry(key) != null).toList();
  }

  private void expire(RespClient client, String key, long time, int unit) {
    var entry = entry(key);
    if (entry != null) {
      entry.expiresAt = expiry(Math.max(time, 0), unit);
    }
    client.integer(entry == null ? 0 : 1);
  }

  private static long expiry(long time, int unit) {
    if (time < 0 || time > Long.MAX_VALUE / 2 / unit) {
      throw new RespClient.RespError("ERR invalid expire time");
    }
    return System.currentTimeMillis() + time * unit;
  }

  private void timeToLive(RespClient client, String key, int unit) {
    var entry = entry(key);
    if (entry == null || entry.expiresAt == 0) {
      client.integer(entry == null ? -2 : -1);
    } else {
      client.integer((entry.expiresAt - System.currentTimeMillis() + unit / 2) / unit);
    }
  }

  private boolean strings(RespClient c, String name, String key, List<String> a) {
    var value = a.size() > 2 ? a.get(2) : "";
    switch (name) {
      case "get" -> c.bulk(find(key, String.class));
      case "set" -> set(c, key, value, a);
      case "setnx" -> c.integer(entry(key) == null ? put(key, value, 0) : 0);
      case "strlen" -> c.integer(text(key, "").length());
      case "incr" -> increment(c, key, 1);
      case "decr" -> increment(c, key, -1);
      case "incrby" -> increment(c, key, number(value));
      case "decrby" -> increment(c, key, negated(number(value)));
      case "append" -> c.integer(change(key, text(key, "") + value).length());
      case "setex" -> {
        put(key, a.get(3), expiry(number(value), 1000));
        c.simple("OK");
      }
      case "getset" -> {
        c.bulk(find(key, String.class));
        put(key, value, 0);
      }
      case "getdel" -> {
        c.bulk(find(key, String.class));
        data.remove(key);
      }
      case "mget" -> {
        c.array(a.size() - 1);
        for (var k : a.subList(1, a.size())) {
          c.bulk(textIfAny(k));
        }
      }
      case "mset" -> {
        if (a.size() % 2 == 0) {
          throw arguments(name);
        }
        for (int i = 1; i < a.size(); i += 2) {
          put(a.get(i), a.get(i + 1), 0);
        }
        c.simple("OK");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private @Nullable String textIfAny(String key) {
    var entry = entry(key);
    return entry != null && entry.value instanceof String text ? text : null;
  }

  private String text(String key, String otherwise) {
    var text = find(key, String.class);
    return text == null ? otherwise : text;
  }

  private int put(String key, String value, long expiresAt) {
    var entry = new Entry(value);
    entry.expiresAt = expiresAt;
    data.put(key, entry);
    return 1;
  }

  /** Changes a text, and leaves its expiry. */
  private String change(String key, String value) {
    var entry = entry(key);
    put(key, value, entry == null ? 0 : entry.expiresAt);
    return value;
  }

  private void set(RespClient client, String key, String value, List<String> args) {
    var entry = entry(key);
    boolean fits = true;
    boolean get = false;
    long expiresAt = 0;
    for (int i = 3; i < args.size(); i++) {
      var option = args.get(i).toUpperCase(Locale.ROOT);
      switch (option) {
        case "NX" -> fits = entry == null;
        case "XX" -> fits = entry != null;
        case "GET" -> get = true;
        case "KEEPTTL" -> expiresAt = entry == null ? 0 : entry.expiresAt;
        case "EX", "PX" -> {
          long time = number(++i < args.size() ? args.get(i) : RespClient.fail("ERR syntax error"));
          expiresAt = expiry(time == 0 ? -1 : time, option.equals("EX") ? 1000 : 1);
        }
        default -> RespClient.fail("ERR syntax error");
      }
    }
    if (!get && fits) {
      client.simple("OK");
    } else {
      client.bulk(get ? find(key, String.class) : null);
    }
    if (fits) {
      put(key, value, expiresAt);
    }
  }

  private void increment(RespClient client, String key, long by) {
    long value = add(number(text(key, "0")), by);
    change(key, Long.toString(value));
    client.integer(value);
  }

  private boolean lists(RespClient c, String name, String key, List<String> a) {
    switch (name) {
      case "lpush" -> c.integer(push(key, a, ArrayDeque::addFirst));
      case "rpush" -> c.integer(push(key, a, ArrayDeque::addLast));
      case "lpop" -> pop(c, key, a, ArrayDeque::pollFirst);
      case "rpop" -> pop(c, key, a, ArrayDeque::pollLast);
      case "llen" -> c.integer(list(key, false).size());
      case "lrange" -> c.bulks(range(list(key, false), number(a.get(2)), number(a.get(3))));
      case "lindex" -> {
        long at = number(a.get(2));
        var found = range(list(key, false), at, at);
        c.bulk(found.isEmpty() ? null : found.getFirst());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private int push(String key, List<String> args, BiConsumer<ArrayDeque<String>, String> end) {
    var list = list(key, true);
    args.subList(2, args.size()).forEach(element -> end.accept(list, element));
    return list.size();
  }

  private void pop(
      RespClient c,
      String key,
      List<String> args,
      Function<ArrayDeque<String>, @Nullable String> end) {
    var list = list(key, false);
    if (args.size() == 2) {
      c.bulk(end.apply(list));
    } else {
      c.array((int) Math.min(Math.max(number(args.get(2)), 0), list.size()));
      for (long left = number(args.get(2)); left > 0 && !list.isEmpty(); left--) {
        c.bulk(end.apply(list));
      }
    }
    removeIfEmpty(key, list.isEmpty());
  }

  /** The elements from one index to another, each counted from the end if negative. */
  private static List<String> range(ArrayDeque<String> list, long from, long to) {
    int size = list.size();
    long first = from < 0 ? Math.max(0, size + from) : from;
    long last = Math.min(size - 1, to < 0 ? size + to : to);
    return first > last ? List.of() : list.stream().skip(first).limit(last - first + 1).toList();
  }

  private boolean hashes(RespClient c, String name, String key, List<String> a) {
    if (name.charAt(0) != 'h') {
      return false;
    }
    var hash = hash(key, name.equals("hset") || name.equals("hmset") || name.equals("hincrby"));
    switch (name) {
      case "hset" -> c.integer(putFields(hash, name, a));
      case "hget" -> c.bulk(hash.get(a.get(2)));
      case "hlen" -> c.integer(hash.size());
      case "hkeys" -> c.bulks(hash.keySet());
      case "hvals" -> c.bulks(hash.values());
      case "hexists" -> c.integer(hash.containsKey(a.get(2)) ? 1 : 0);
      case "hdel" -> c.integer(a.stream().skip(2).filter(f -> hash.remove(f) != null).count());
      case "hmset" -> {
        putFields(hash, name, a);
        c.simple("OK");
      }
      case "hmget" -> {
        c.array(a.size() - 2);
        a.subList(2, a.size()).forEach(field -> c.bulk(hash.get(field)));
      }
      case "hgetall" -> {
        c.map(hash.size());
        hash.forEach((field, value) -> List.of(field, value).forEach(c::bulk));
      }
      case "hincrby" -> {
        long value = add(number(hash.getOrDefault(a.get(2), "0")), number(a.get(3)));
        hash.put(a.get(2), Long.toString(value));
        c.integer(value);
      }
      default -> throw new AssertionError(name);
    }
    removeIfEmpty(key, hash.isEmpty());
    return true;
  }

  private static long putFields(Map<String, String> hash, String name, List<String> args) {
    if (args.size() % 2 == 1) {
      throw arguments(name);
    }
    long added = 0;
    for (int i = 2; i < args.size(); i += 2) {
      added += hash.put(args.get(i), args.get(i + 1)) == null ? 1 : 0;
    }
    return added;
  }

  private boolean sets(RespClient c, String name, String key, List<String> a) {
    var members = a.stream().skip(2);
    switch (name) {
      case "sadd" -> c.integer(members.filter(members(key, true)::add).count());
      case "srem" -> c.integer(members.filter(members(key, false)::remove).count());
      case "smembers" -> c.set(members(key, false));
      case "scard" -> c.integer(members(key, false).size());
      case "sismember" -> c.integer(members(key, false).contains(a.get(2)) ? 1 : 0);
      case "spop" -> {
        var first = members(key, false).stream().findFirst().orElse(null);
        members(key, false).remove(first);
        c.bulk(first);
      }
      default -> {
        return false;
      }
    }
    removeIfEmpty(key, members(key, false).isEmpty());
    return true;
  }

  private boolean channels(RespClient c, String name, String key, List<String> a)
      throws IOException {
    switch (name) {
      case "publish" -> publish(c, key, a.get(2));
      case "subscribe" -> subscribe(c, a.subList(1, a.size()));
      case "unsubscribe" -> unsubscribe(c, a.subList(1, a.size()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void publish(RespClient client, String channel, String message) {
    var subscribers = channels.getOrDefault(channel, Set.of());
    subscribers.forEach(subscriber -> subscriber.push("message", channel, message));
    client.integer(subscribers.size());
  }

  private void subscribe(RespClient client, List<String> asked) throws IOException {
    client.startPushing();
    for (var channel : asked) {
      client.subscribed.add(channel);
      client.push("subscribe", channel, ":" + client.subscribed.size());
      channels.computeIfAbsent(channel, _ -> new HashSet<>()).add(client);
    }
  }

  private void unsubscribe(RespClient client, List<String> asked) throws IOException {
    client.startPushing();
    for (var channel : asked.isEmpty() ? List.copyOf(client.subscribed) : asked) {
      leave(client, channel);
      client.push("unsubscribe", channel, ":" + client.subscribed.size());
    }
  }

  @Override
  public void left(RespClient client) {
    lock.lock();
    try {
      List.copyOf(client.subscribed).forEach(channel -> leave(client, channel));
    } finally {
      lock.unlock();
    }
  }

  private void leave(RespClient client, String channel) {
    client.subscribed.remove(channel);
    var others = channels.get(channel);
    if (others != null && others.remove(client) && others.isEmpty()) {
      channels.remove(channel);
    }
  }
}
