package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.BindException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A message queue on disk, over the protocol of Redis, so that any Redis client will do. What PUSH
 * has answered survives a crash. A message that is taken stays with its connection; if that ends
 * before DONE, another gets the message. After a crash, some are delivered twice, none is lost.
 *
 * <p>Files block their carrier, so all work on them is done under handoff: another carrier runs the
 * other tasks meanwhile. {@link DiskQueue} has what is on the disk.
 *
 * <pre>
 * ./heddle run queue --folder /tmp/queue
 * redis-cli -p 6380 PUSH jobs wash spin weave
 * redis-cli -p 6380             TAKE jobs 10, DONE jobs 0, COUNT jobs
 * </pre>
 */
final class Queue implements RespClient.Handler {
  static final String HELP =
      """
      queue: messages kept on disk; PUSH, TAKE, DONE and COUNT for any Redis client
        --host HOST          address to listen on (127.0.0.1)
        --port PORT          0 takes a free one (6380)
        --folder FOLDER      where the messages are; made if need be (queue)
        --segment-kb KB      how long a file may become (65536)
        --sync-every N       so many messages are written to the disk at once (100)
        --sync-millis MS     or what has come in that time (2)
      """;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  private static final int MOST_QUEUES = 1000;
  private static final int MOST_HELD = 1000; // by one connection
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Path folder;
  private final DiskQueue.Limits limits;
  private final DiskQueue.Disk disk;
  private final Map<String, DiskQueue> queues = new ConcurrentHashMap<>();
  private final Set<String> troubled = new HashSet<>(); // by the one who stores the positions
  private final Map<RespClient, Map<String, Set<Long>>> held = new ConcurrentHashMap<>();

  private Queue(Options options, DiskQueue.Disk disk) {
    folder = Path.of(options.text("--folder"));
    limits =
        new DiskQueue.Limits(
            1024L * options.number("--segment-kb", 1, 1 << 22),
            options.number("--sync-every", 1, 1_000_000),
            options.millis("--sync-millis"));
    this.disk = disk;
  }

  public static void main(String... args) {
    System.exit(Options.run(HELP, Queue::run, args));
  }

  static void run(Options options) throws IOException {
    try (var heddle = options.start()) {
      var queue =
          new Queue(
              options,
              action ->
                  heddle.blocking(
                      () -> {
                        action.run();
                        return null;
                      }));
      try (var _ = queue.lockFolder()) {
        queue.openAll();
        var listener = heddle.listen(options.listenAddress());
        heddle.go(
            "accept",
            () -> {
              while (true) {
                var conn = listener.accept();
                heddle.go("client", new RespClient(heddle, conn, queue)::serve);
              }
            });
        heddle.every(Duration.ofMillis(20), queue::storePositions);
        options.listening(listener.localAddress());
        heddle.awaitShutdown();
        queue.close();
      }
    }
  }

  private FileChannel lockFolder() throws IOException {
    Files.createDirectories(folder);
    var file = folder.resolve(".lock");
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // another queue of this JVM
    }
    channel.close();
    throw new BindException("another server uses the folder " + folder);
  }

  private void openAll() throws IOException {
    try (var files = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (var file : files) {
        var name = file.getFileName().toString();
        if (NAME.matcher(name).matches()) {
          queue(name);
        }
      }
    }
  }

  /** The queue of a name, which is made if need be. */
  private DiskQueue queue(String name) throws IOException {
    var queue = queues.get(name);
    return queue == null ? open(name) : queue;
  }

  private synchronized DiskQueue open(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new RespClient.RespError("ERR a queue's name has letters, digits and -_. only");
    }
    if (queues.size() == MOST_QUEUES && !queues.containsKey(name)) {
      throw new RespClient.RespError("ERR there are " + MOST_QUEUES + " queues already");
    }
    var queue = queues.get(name); // another client may have been faster
    if (queue == null) {
      disk.run(() -> queues.put(name, new DiskQueue(folder.resolve(name), limits, disk)));
      queue = Objects.requireNonNull(queues.get(name));
    }
    return queue;
  }

  private void storePositions() {
    queues.forEach(
        (name, queue) -> {
          try {
            queue.storePosition();
            troubled.remove(name);
          } catch (IOException e) { // next time, perhaps; until then more is delivered twice
            if (troubled.add(name)) {
              System.err.println("queue: cannot store the position of " + name + ": " + e);
            }
          }
        });
  }

  private void close() throws IOException {
    for (var queue : queues.values()) {
      queue.close();
    }
  }

  @Override
  public Set<String> commands() {
    return Set.of("push", "take", "done", "count");
  }

  @Override
  public void execute(RespClient client, String name, List<String> args) throws IOException {
    if (args.size() < (name.equals("push") || name.equals("done") ? 3 : 2)) {
      throw new RespClient.RespError("ERR wrong number of arguments for '" + name + "' command");
    }
    var key = args.get(1);
    var queue = queue(key);
    switch (name) {
      case "push" -> push(client, queue, args.subList(2, args.size()));
      case "take" ->
          take(client, queue, key, args.size() > 2 ? seconds(args.get(2)) : Duration.ZERO);
      case "done" -> done(client, queue, key, number(args.get(2)));
      default -> {
        client.map(2);
        client.bulk("waiting");
        client.integer(queue.waiting());
        client.bulk("taken");
        client.integer(queue.taken());
      }
    }
  }

  private static void push(RespClient client, DiskQueue queue, List<String> messages) {
    try {
      client.integer(queue.store(messages.stream().map(m -> m.getBytes(ISO_8859_1)).toList()));
    } catch (IOException e) { // no room on the disk, say
      throw new RespClient.RespError("ERR not stored: " + e.getMessage());
    }
  }

  private void take(RespClient client, DiskQueue queue, String key, Duration timeout)
      throws IOException {
    var mine =
        held.computeIfAbsent(client, _ -> new HashMap<>())
            .computeIfAbsent(key, _ -> new HashSet<>());
    if (mine.size() == MOST_HELD) {
      throw new RespClient.RespError("ERR " + MOST_HELD + " messages are taken and not done");
    }
    client.flush(); // the replies so far, as this may wait
    var message = queue.take(timeout);
    if (message == null) {
      client.bulk(null);
    } else {
      mine.add(message.number);
      client.bulks(List.of(Long.toString(message.number), new String(message.body, ISO_8859_1)));
    }
  }

  private void done(RespClient client, DiskQueue queue, String key, long number) {
    var all = held.get(client);
    var mine = all == null ? null : all.get(key);
    if (mine == null || !mine.remove(number)) {
      throw new RespClient.RespError("ERR this connection has not taken " + number);
    }
    queue.done(number);
    client.simple("OK");
  }

  /** What the client has not done goes to others. */
  @Override
  public void left(RespClient client) {
    var all = held.remove(client);
    if (all != null) {
      all.forEach((name, numbers) -> Objects.requireNonNull(queues.get(name)).giveBack(numbers));
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RespClient.RespError("ERR value is not an integer or out of range");
    }
  }

  private static Duration seconds(String text) {
    long seconds = number(text);
    if (seconds < 0 || seconds > LONGEST_WAIT.toSeconds()) {
      throw new RespClient.RespError("ERR a wait has 0 to 3600 seconds");
    }
    return Duration.ofSeconds(seconds);
  }
}
