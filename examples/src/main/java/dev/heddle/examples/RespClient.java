package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.FrameReader;
import dev.heddle.netio.FrameTooLongException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a connection that speaks RESP, the protocol of Redis, in version 2 or 3:
 * reads commands, has them executed, and sends the replies, all that one read has brought in one
 * write. It answers itself what every client asks at first.
 *
 * <p>All texts are of ISO 8859-1, in which each byte is a character.
 */
final class RespClient implements ReadableByteChannel {
  private static final int LONGEST_LINE = 64 * 1024;
  private static final int LONGEST_BULK = 16 << 20;
  private static final int MOST_ARGUMENTS = 100_000;
  private static final int LONGEST_COMMAND = 64 << 20; // all of its arguments
  private static final int FULL = 64 * 1024;
  private static final int BACKLOG = 4096; // pushed messages that may wait for a subscriber
  private static final AtomicLong CONNECTIONS = new AtomicLong();

  /** What makes it this server and no other. */
  interface Handler {
    /** The names of the commands it has, in lower case. */
    Set<String> commands();

    /** Executes one of them; what it throws as {@link RespError} is replied. */
    void execute(RespClient client, String name, List<String> args) throws IOException;

    /** The client has left, or starts from the beginning. */
    default void left(RespClient client) {}
  }

  /** An error that the client sees. */
  static final class RespError extends RuntimeException {
    private static final long serialVersionUID = 1;

    RespError(String message) {
      super(message, null, false, false);
    }
  }

  final long id = CONNECTIONS.incrementAndGet();
  private final Heddle heddle;
  private final Conn conn;
  private final Handler handler;
  final Set<String> subscribed = new LinkedHashSet<>(); // its task only
  final BlockingQueue<ByteBuffer> pushes = new ArrayBlockingQueue<>(BACKLOG);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(); // its task only
  private final ConnReader in = new ConnReader(this, LONGEST_LINE);
  private final FrameReader lines = FrameReader.lines(in);
  private @Nullable Thread pusher; // its task only
  String name = ""; // its task only
  volatile boolean resp3; // written by its task, read by those that publish
  private boolean quit; // its task only

  RespClient(Heddle heddle, Conn conn, Handler handler) {
    this.heddle = heddle;
    this.conn = conn;
    this.handler = handler;
  }

  void serve() throws IOException {
    try (conn) {
      try {
        executeAll();
      } catch (RespError | FrameTooLongException e) { // out of step: only closing is left
        error("ERR Protocol error: " + e.getMessage());
      }
      flush();
      conn.closeWrite();
    } catch (EOFException e) {
      // the client left in the middle of a command
    } finally {
      handler.left(this);
      if (pusher != null) {
        pusher.interrupt();
      }
    }
  }

  private void executeAll() throws IOException {
    for (var args = next(); args != null; args = quit ? null : next()) {
      if (!args.isEmpty()) {
        execute(args);
      }
      if (out.size() > FULL) {
        flush();
      }
    }
  }

  /** The next command, as an array of bulk strings or as a line; null at the end. */
  private @Nullable List<String> next() throws IOException {
    var line = lines.read();
    if (line == null) {
      return null;
    }
    var text = ISO_8859_1.decode(line).toString();
    if (!text.startsWith("*")) {
      return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
    int count = length(text, MOST_ARGUMENTS, "invalid multibulk length");
    var args = new ArrayList<String>(Math.min(count, 16));
    int left = LONGEST_COMMAND;
    for (int i = 0; i < count; i++) {
      var arg = bulk(Math.min(left, LONGEST_BULK));
      left -= arg.length();
      args.add(arg);
    }
    return args;
  }

  private String bulk(int most) throws IOException {
    var line = lines.read();
    if (line == null || !line.hasRemaining() || line.get(line.position()) != '$') {
      throw new RespError("expected '$'");
    }
    var head = ISO_8859_1.decode(line).toString();
    var bytes = new byte[length(head, most, "invalid bulk length") + 2]; // and CR LF
    in.readFully(ByteBuffer.wrap(bytes));
    return new String(bytes, 0, bytes.length - 2, ISO_8859_1);
  }

  private static int length(String line, int most, String otherwise) {
    try {
      int length = Integer.parseInt(line.substring(1));
      if (length >= 0 && length <= most) {
        return length;
      }
    } catch (NumberFormatException e) {
      // as bad as one that is too long
    }
    throw new RespError(otherwise);
  }

  /** Reads from the connection, which may wait: the replies go out before. */
  @Override
  public int read(ByteBuffer dst) throws IOException {
    flush();
    return conn.read(dst);
  }

  void flush() throws IOException {
    if (out.size() > 0) {
      conn.write(ByteBuffer.wrap(out.toByteArray()));
      out.reset();
    }
  }

  @Override
  public boolean isOpen() {
    return conn.isOpen();
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }

  // ---- replies

  void raw(String text) {
    out.writeBytes(text.getBytes(ISO_8859_1));
  }

  void simple(String text) {
    raw("+" + text + "\r\n");
  }

  void error(@Nullable String text) {
    raw("-" + text + "\r\n");
  }

  void integer(long n) {
    raw(":" + n + "\r\n");
  }

  void bulk(@Nullable String text) {
    raw(text == null ? (resp3 ? "_\r\n" : "$-1\r\n") : bulkText(text));
  }

  void array(int size) {
    raw("*" + size + "\r\n");
  }

  void map(int size) {
    raw(resp3 ? "%" + size + "\r\n" : "*" + 2 * size + "\r\n");
  }

  void bulks(Collection<String> all) {
    array(all.size());
    all.forEach(this::bulk);
  }

  void set(Collection<String> all) {
    raw((resp3 ? "~" : "*") + all.size() + "\r\n");
    all.forEach(this::bulk);
  }

  // ---- pushes, which other tasks send as well

  /** Sends a push in its turn; a subscriber that falls too far behind is closed, as by Redis. */
  void push(String... parts) {
    var text = new StringBuilder((resp3 ? ">" : "*") + parts.length + "\r\n");
    for (var part : parts) {
      text.append(part.startsWith(":") ? part + "\r\n" : bulkText(part));
    }
    if (!pushes.offer(ByteBuffer.wrap(text.toString().getBytes(ISO_8859_1)))) {
      try {
        conn.close();
      } catch (IOException e) {
        // it is out of the way all the same
      }
    }
  }

  /** Sends what is pushed from now on; the replies so far are sent before. */
  void startPushing() throws IOException {
    flush();
    if (pusher == null) {
      pusher = heddle.go("pusher", this::sendPushes);
    }
  }

  private void sendPushes() throws IOException {
    var waiting = new ArrayList<ByteBuffer>();
    try {
      while (true) {
        waiting.add(pushes.take());
        pushes.drainTo(waiting);
        conn.write(waiting.toArray(ByteBuffer[]::new));
        waiting.clear();
      }
    } catch (InterruptedException e) {
      // the client has left
    }
  }

  private void execute(List<String> args) throws IOException {
    var name = args.getFirst().toLowerCase(Locale.ROOT);
    try {
      if (handshake(name, args)) {
        return;
      }
      if (!handler.commands().contains(name)) {
        throw new RespError("ERR unknown command '" + printable(name) + "'");
      }
      handler.execute(this, name, args);
    } catch (RespError e) {
      error(e.getMessage());
    }
  }

  // ---- what every client asks

  private boolean handshake(String name, List<String> a) {
    var word = a.size() > 1 ? a.get(1) : "";
    switch (name) {
      case "ping" -> ping(word);
      case "echo" -> bulk(word);
      case "hello" -> hello(a);
      case "client" -> client(word.toUpperCase(Locale.ROOT), a);
      case "command" -> command(word.toUpperCase(Locale.ROOT), a);
      case "config" -> config(word, a);
      case "select" -> simple(word.equals("0") ? "OK" : fail("ERR DB index is out of range"));
      case "quit" -> {
        quit = true;
        simple("OK");
      }
      case "reset" -> {
        handler.left(this);
        resp3 = false;
        simple("RESET");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  static String fail(String message) {
    throw new RespError(message);
  }

  private void ping(String word) {
    if (!word.isEmpty()) {
      bulk(word);
    } else if (!resp3 && !subscribed.isEmpty()) {
      bulks(List.of("pong", ""));
    } else {
      simple("PONG");
    }
  }

  private void hello(List<String> args) {
    if (args.size() > 1 && !args.get(1).matches("[23]")) {
      throw new RespError("NOPROTO unsupported protocol version");
    }
    resp3 = args.size() > 1 ? args.get(1).equals("3") : resp3;
    for (int i = 2; i < args.size(); i += 2) {
      if (!args.get(i).equalsIgnoreCase("SETNAME") || i + 1 == args.size()) {
        throw new RespError("ERR there are no users here, and no such option");
      }
      name = args.get(i + 1);
    }
    map(6);
    List.of("server", "heddle", "version", "7.4.0", "proto").forEach(this::bulk);
    integer(resp3 ? 3 : 2);
    bulk("id");
    integer(id);
    List.of("mode", "standalone", "role", "master").forEach(this::bulk);
  }

  private void client(String what, List<String> args) {
    switch (what) {
      case "SETINFO" -> simple("OK");
      case "SETNAME" -> {
        name = args.size() == 3 ? args.get(2) : fail("ERR syntax error");
        simple("OK");
      }
      case "GETNAME" -> bulk(name.isEmpty() ? null : name);
      case "ID" -> integer(id);
      default -> throw new RespError("ERR unknown subcommand '" + printable(what) + "'");
    }
  }

  private void command(String what, List<String> args) {
    switch (what) {
      case "COUNT" -> integer(handler.commands().size());
      case "DOCS" -> {
        var asked =
            args.size() > 2 ? args.subList(2, args.size()) : List.copyOf(handler.commands());
        var names = asked.stream().filter(handler.commands()::contains).toList();
        map(names.size());
        for (var name : names) {
          bulk(name);
          map(1);
          List.of("summary", "as Redis has it").forEach(this::bulk);
        }
      }
      default -> bulks(handler.commands());
    }
  }

  private void config(String what, List<String> args) {
    if (!what.equalsIgnoreCase("GET")) {
      throw new RespError("ERR only CONFIG GET is known");
    }
    var settings = Map.of("save", "", "appendonly", "no", "databases", "1", "maxmemory", "0");
    var names = args.subList(2, args.size()).stream().filter(settings::containsKey).toList();
    map(names.size());
    names.forEach(name -> List.of(name, settings.get(name)).forEach(this::bulk));
  }

  private static String printable(String text) {
    return text.substring(0, Math.min(text.length(), 128)).replaceAll("[^ -~]", "?");
  }

  private static String bulkText(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }
}
