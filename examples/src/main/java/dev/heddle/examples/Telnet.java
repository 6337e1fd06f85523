package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.DialOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A telnet client: keyboard and connection at the same time, the classic example of why programs
 * multiplex. Here each of the two has a task that simply blocks. What the server wants to negotiate
 * (RFC 854) is declined politely.
 *
 * <pre>
 * ./heddle run http &amp;
 * ./heddle run telnet --to 127.0.0.1:8080
 * GET / HTTP/1.0                (and an empty line)
 * </pre>
 */
final class Telnet {
  static final String HELP =
      """
      telnet: a client for the terminal, which reads keyboard and connection at once
        --to HOST:PORT       the server (127.0.0.1:8080)
      """;

  private static final int IAC = 255; // "interpret as command"
  private static final int DONT = 254;
  private static final int DO = 253;
  private static final int WONT = 252;
  private static final int WILL = 251;
  private static final int SB = 250; // a subnegotiation, up to IAC SE
  private static final int SE = 240;

  /** What the next byte of the server is part of. */
  private enum Part {
    TEXT,
    COMMAND,
    OFFER,
    SUBNEGOTIATION,
    SUBNEGOTIATION_IAC
  }

  private Part part = Part.TEXT;
  private int verb;

  private Telnet() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Telnet::run, args));
  }

  static void run(Options options) throws IOException {
    var target = options.address("--to");
    // Never closed: a read of the keyboard cannot be interrupted, and the process ends anyway.
    var heddle = options.start();
    var conn = heddle.dial(target, DialOptions.DEFAULT.withTimeout(Duration.ofSeconds(10)));
    System.err.println("connected to " + options.text("--to"));
    heddle.go("keyboard", () -> type(heddle, conn));
    new Telnet().show(conn);
    System.err.println("connection closed");
  }

  /** From the keyboard to the server; its end (Ctrl-D) is passed on, and the answer still read. */
  private static void type(Heddle heddle, Conn conn) throws Exception {
    var typed = new byte[4096];
    while (true) {
      int n = heddle.blocking(() -> System.in.read(typed)); // others have the processor meanwhile
      if (n < 0) {
        conn.closeWrite();
        return;
      }
      var out = ByteBuffer.allocate(2 * n);
      for (int i = 0; i < n; i++) {
        if (typed[i] == '\n' && (i == 0 || typed[i - 1] != '\r')) {
          out.put((byte) '\r');
        } else if ((typed[i] & 0xff) == IAC) {
          out.put((byte) IAC);
        }
        out.put(typed[i]);
      }
      conn.write(out.flip());
    }
  }

  /** From the server to the terminal, until the server closes. */
  private void show(Conn conn) throws IOException {
    var in = ByteBuffer.allocate(16 * 1024);
    while (conn.read(in.clear()) >= 0) {
      var text = ByteBuffer.allocate(in.flip().remaining());
      var answers = ByteBuffer.allocate(3 * in.remaining());
      while (in.hasRemaining()) {
        take(in.get() & 0xff, text, answers);
      }
      System.out.write(text.array(), 0, text.position());
      System.out.flush();
      conn.write(answers.flip());
    }
  }

  private void take(int b, ByteBuffer text, ByteBuffer answers) {
    switch (part) {
      case TEXT -> {
        if (b == IAC) {
          part = Part.COMMAND;
        } else {
          text.put((byte) b);
        }
      }
      case COMMAND -> {
        verb = b;
        part = b == SB ? Part.SUBNEGOTIATION : b >= WILL && b <= DONT ? Part.OFFER : Part.TEXT;
        if (b == IAC) {
          text.put((byte) IAC); // twice is the byte itself
        }
      }
      case OFFER -> { // WILL is answered by DONT and DO by WONT; the others want no answer
        if (verb == WILL || verb == DO) {
          answers.put((byte) IAC).put((byte) (verb == WILL ? DONT : WONT)).put((byte) b);
        }
        part = Part.TEXT;
      }
      case SUBNEGOTIATION -> part = b == IAC ? Part.SUBNEGOTIATION_IAC : Part.SUBNEGOTIATION;
      case SUBNEGOTIATION_IAC -> part = b == SE ? Part.TEXT : Part.SUBNEGOTIATION;
    }
  }
}
