package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

@Timeout(600)
class QueueTest {
  /** How often the server is killed; docs/examples.md says how to make it 200. */
  private static final int KILLS = Integer.getInteger("heddle.queue.kills", 25);

  @TempDir Path folder;

  private Local server(String... more) {
    var args = new ArrayList<>(List.of("--folder", folder.toString()));
    args.addAll(List.of(more));
    return Local.server(Queue.HELP, Queue::run, args.toArray(String[]::new));
  }

  private static String cli(String port, String commands) {
    var input = commands.replaceAll("; *", "\n") + "\n";
    var lines = Programs.run(input, "redis-cli", "-p", port).ok().lines();
    return String.join(" ", lines.filter(line -> !line.isEmpty()).toList());
  }

  @Test
  void redisCliPushesTakesAndIsDone() {
    try (var queue = server()) {
      assertEquals(
          "1 0 wash OK waiting 1 taken 0",
          cli(queue.port(), "PUSH jobs wash spin; TAKE jobs; DONE jobs 0; COUNT jobs"));
      assertEquals("1 spin OK", cli(queue.port(), "TAKE jobs; DONE jobs 1; TAKE jobs"));
    }
  }

  @Test
  void mistakesAreErrorsAndTheConnectionContinues() {
    try (var queue = server()) {
      assertEquals(
          "ERR wrong number of arguments for 'push' command"
              + " ERR a queue's name has letters, digits and -_. only"
              + " ERR this connection has not taken 7"
              + " ERR a wait has 0 to 3600 seconds"
              + " ERR unknown command 'get'"
              + " PONG",
          cli(queue.port(), "PUSH jobs; PUSH ../x y; DONE jobs 7; TAKE jobs -1; GET x; PING"));
    }
  }

  @Test
  void whatIsNotDoneWhenItsConnectionEndsGoesToTheNext() {
    try (var queue = server()) {
      assertEquals("1 0 wash", cli(queue.port(), "PUSH jobs wash spin; TAKE jobs"));
      Waits.until("it is given back", () -> cli(queue.port(), "COUNT jobs").contains("taken 0"));
      assertEquals("0 wash 1 spin", cli(queue.port(), "TAKE jobs; TAKE jobs"));
    }
  }

  @Test
  void takeThatWaitsGetsWhatIsPushedLater() throws IOException {
    try (var queue = server()) {
      var waiting =
          new ProcessBuilder(
                  Programs.require("redis-cli").toString(),
                  "-p",
                  queue.port(),
                  "TAKE",
                  "jobs",
                  "60")
              .start();
      try (var lines = waiting.inputReader()) {
        Waits.until("it waits", () -> queue.heddle().dump().toString().contains("DiskQueue.take"));
        cli(queue.port(), "PUSH jobs weave");
        assertEquals(List.of("0", "weave"), lines.lines().limit(2).toList());
      } finally {
        waiting.destroyForcibly();
      }
    }
  }

  private Child child(String... more) throws IOException {
    var args = new ArrayList<>(List.of("queue", "--folder", folder.toString()));
    args.addAll(List.of(more));
    return Child.server(args.toArray(String[]::new));
  }

  @Test
  void tornRecordIsDroppedWithAMessage() throws Exception {
    try (var queue = server()) {
      assertEquals("2", cli(queue.port(), "PUSH jobs wash spin weave"));
    }
    var file = folder.resolve("jobs/0000000000000000.segment");
    Files.write(file, new byte[] {0, 0, 0, 9, 'h', 'a', 'l', 'f'}, StandardOpenOption.APPEND);
    try (var child = Child.start("queue", "--folder", folder.toString(), "--port", "0")) {
      assertEquals(
          "queue: dropped the last 8 bytes of " + file + ", behind message 2: a torn record",
          child.line());
      var port = child.line().replaceFirst(".*:", "");
      assertEquals("0 wash 1 spin 2 weave", cli(port, "TAKE jobs; TAKE jobs; TAKE jobs"));
    }
  }

  @Test
  void secondServerOfAFolderIsRefused() throws Exception {
    try (var queue = server();
        var second = Child.start("queue", "--folder", folder.toString(), "--port", "0")) {
      assertEquals("PONG", cli(queue.port(), "PING"));
      assertEquals(
          new ChildJvm(2, "queue: another server uses the folder " + folder), second.end());
    }
  }

  /** On a disk of half a megabyte, which takes the right to mount. */
  @Test
  void fullDiskIsAnErrorAndTheServerContinuesOnceThereIsRoom() throws Exception {
    var unshare = Programs.require("unshare").toString();
    var mount = "mount -t tmpfs -o size=512k tmpfs '" + folder + "'";
    Assumptions.assumeTrue(
        ChildJvm.run(List.of(unshare, "-m", "sh", "-c", mount)).exitCode() == 0,
        "a disk of its own takes the right to mount");
    var java =
        ChildJvm.command(
            Child.FLAGS,
            Queue.class.getName(),
            "--folder",
            folder.toString(),
            "--port",
            "0",
            "--segment-kb",
            "64");
    var script = mount + " && exec \"$@\"";
    var command = new ArrayList<>(List.of(unshare, "-m", "sh", "-c", script, "sh"));
    command.addAll(java);
    var server = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = server.inputReader()) {
      int port = Integer.parseInt(lines.readLine().replaceFirst(".*:", ""));
      try (var jedis = new Jedis("127.0.0.1", port)) {
        int stored = pushUntilFull(jedis);
        assertTrue(stored > 30, "stored " + stored);
        assertTrue(send(jedis, "COUNT", "jobs").toString().contains(stored + ""), "all counted");
        for (int round = 0; round < 3; round++) {
          for (int i = 0; i < stored; i++) {
            var number = text(((List<?>) send(jedis, "TAKE", "jobs")).get(0));
            assertEquals("OK", text(send(jedis, "DONE", "jobs", number)));
          }
          assertEquals("", text(send(jedis, "TAKE", "jobs")));
          Waits.until("there is room", () -> pushes(jedis));
          stored = 1 + pushUntilFull(jedis);
          assertTrue(stored > 30, "stored again " + stored);
        }
      }
    } finally {
      server.destroyForcibly();
    }
  }

  private static boolean pushes(Jedis jedis) {
    try {
      send(jedis, "PUSH", "jobs", "x".repeat(10_000));
      return true;
    } catch (JedisException e) {
      return false;
    }
  }

  private static int pushUntilFull(Jedis jedis) {
    for (int stored = 0; ; stored++) {
      try {
        send(jedis, "PUSH", "jobs", "x".repeat(10_000));
      } catch (JedisException e) {
        assertEquals("ERR not stored: No space left on device", e.getMessage());
        return stored;
      }
    }
  }

  private static Object send(Jedis jedis, String command, String... args) {
    return jedis.sendCommand(() -> command.getBytes(StandardCharsets.US_ASCII), args);
  }

  private static String text(Object reply) {
    return reply == null ? "" : new String((byte[]) reply, StandardCharsets.US_ASCII);
  }

  /** Two that push and one that takes, over servers that are killed at any moment. */
  @Test
  void nothingAcknowledgedIsLostOverKills() throws Exception {
    var seed = System.nanoTime();
    var random = new Random(seed);
    var pushed = Map.of(0, new AtomicInteger(), 1, new AtomicInteger());
    var acknowledged = ConcurrentHashMap.<String>newKeySet();
    var delivered = new ArrayList<String>(); // by one thread at a time
    for (int kill = 0; kill < KILLS; kill++) {
      int until = acknowledged.size() + random.nextInt(60);
      if (kill % 8 == 7) { // while it starts, perhaps while it recovers
        try (var child = Child.start("queue", "--folder", folder.toString(), "--port", "0")) {
          child.process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
        }
        continue;
      }
      try (var child = child("--segment-kb", "1", "--sync-every", "3")) {
        var clients = new ArrayList<Thread>();
        pushed.forEach(
            (who, count) ->
                clients.add(client(child.port(), jedis -> push(jedis, who, count, acknowledged))));
        clients.add(client(child.port(), jedis -> take(jedis, delivered)));
        Waits.until("some are stored", () -> acknowledged.size() >= until);
        child.process.destroyForcibly().waitFor();
        clients.forEach(Waits::join);
      }
    }
    try (var queue = server();
        var jedis = new Jedis("127.0.0.1", queue.portNumber())) {
      while (takeOne(jedis, delivered)) {
        // all that is left
      }
    }
    var lost = new ArrayList<>(acknowledged);
    lost.removeAll(Set.copyOf(delivered));
    assertEquals(List.of(), lost, "seed " + seed);
    assertFirstDeliveriesAreInOrder(delivered, seed);
  }

  private interface Client {
    void run(Jedis jedis);
  }

  private static Thread client(int port, Client client) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try (var jedis = new Jedis("127.0.0.1", port)) {
                client.run(jedis);
              } catch (JedisException e) {
                // the server has been killed
              }
            });
  }

  private static void push(Jedis jedis, int who, AtomicInteger count, Set<String> acknowledged) {
    while (true) {
      var message = who + "-" + count.getAndIncrement();
      send(jedis, "PUSH", "jobs", message);
      acknowledged.add(message);
    }
  }

  private static void take(Jedis jedis, List<String> delivered) {
    while (true) {
      takeOne(jedis, delivered);
    }
  }

  private static boolean takeOne(Jedis jedis, List<String> delivered) {
    if (!(send(jedis, "TAKE", "jobs", "1") instanceof List<?> message)) {
      return false;
    }
    delivered.add(text(message.get(1)));
    send(jedis, "DONE", "jobs", text(message.get(0)));
    return true;
  }

  private static void assertFirstDeliveriesAreInOrder(List<String> delivered, long seed) {
    var last = new HashMap<String, Integer>();
    for (var message : delivered.stream().distinct().toList()) {
      var parts = message.split("-", -1);
      int number = Integer.parseInt(parts[1]);
      assertTrue(last.getOrDefault(parts[0], -1) < number, message + " is late, seed " + seed);
      last.put(parts[0], number);
    }
  }
}
