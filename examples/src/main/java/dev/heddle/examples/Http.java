package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;

/**
 * Greets over HTTP/1.1 on the bare socket: heads in any pieces, several in one read, and errors.
 * Run {@code ./heddle run http}, then {@code curl -v http://127.0.0.1:8080/}
 */
@Command(name = "http", description = "greets over HTTP/1.1, written on the bare socket")
final class Http extends Example {
  private static final int HEAD_LIMIT = 8 * 1024;
  private static final Pattern START = Pattern.compile("[!-~]+ [!-~]+ HTTP/1\\.[01]\r\n");
  private static final Pattern FIELD = // a name, and any value; but a length is a number
      Pattern.compile(
          "(?!(?i:content-length):(?!\\s*\\d+\\s*$))[\\w!#$%&'*+.^`|~-]+:[\\t -~\\x80-\\xff]*\r\n");
  private static final Pattern LAST = // a body is not read, so nothing can follow it
      Pattern.compile("(?is)connection:.*\\bclose\\b.*|content-length:.*[1-9].*|transfer-enc.*");
  private static final String CLOSE = "\r\nConnection: close";

  @Override
  void serve(Heddle heddle, Listener listener) throws IOException {
    while (true) {
      var conn = listener.accept();
      heddle.go("http", () -> talk(conn));
    }
  }

  private static void talk(Conn conn) throws IOException {
    var in = ByteBuffer.allocateDirect(4096);
    var head = new Head();
    var open = true;
    try (conn) {
      while (open && conn.read(in.clear()) >= 0) {
        var out = new StringBuilder(); // what one read asks for is answered in one write
        for (in.flip(); open && in.hasRemaining(); ) {
          var reply = head.next(in.get());
          out.append(reply);
          open = reply.isEmpty() || !head.last;
          head = reply.isEmpty() ? head : new Head();
        }
        conn.write(StandardCharsets.ISO_8859_1.encode(out.toString()));
      }
      conn.closeWrite(); // if we closed with bytes unread, the client could lose the reply
      for (var reads = 0; reads < 16 && conn.read(in.clear()) >= 0; reads++) {}
    }
  }

  /** A request head, which arrives byte by byte and is checked line by line. */
  static final class Head {
    private final StringBuilder line = new StringBuilder();
    private int size;
    private String request = "";
    private int hosts;
    boolean last; // nothing follows the reply

    /** Takes a byte; returns the reply once the head is complete or wrong, else nothing. */
    String next(byte b) {
      line.append((char) (b & 0xff));
      if (++size > HEAD_LIMIT || b != '\n') {
        return size > HEAD_LIMIT ? reply("431 Request Header Fields Too Large", CLOSE, "") : "";
      }
      var text = line.toString();
      line.setLength(0);
      if (request.isEmpty() && START.matcher(text).matches()) {
        request = text;
        last = text.endsWith("0\r\n");
      } else if (!text.equals("\r\n")) {
        hosts += text.regionMatches(true, 0, "host:", 0, 5) ? 1 : 0;
        last |= LAST.matcher(text).matches();
        var fine = !request.isEmpty() && hosts < 2 && FIELD.matcher(text).matches();
        return fine ? "" : reply("400 Bad Request", CLOSE, "");
      } else if (!request.isEmpty()) {
        return hosts == 0 && request.endsWith("1\r\n")
            ? reply("400 Bad Request", CLOSE, "")
            : answer();
      }
      return "";
    }

    private String answer() {
      return request.startsWith("GET / ")
          ? reply("200 OK", "\r\nContent-Type: text/plain", "Hello, World!")
          : request.startsWith("GET ")
              ? reply("404 Not Found", "", "")
              : reply("405 Method Not Allowed", "\r\nAllow: GET", "");
    }

    private String reply(String code, String more, String body) {
      last |= more.equals(CLOSE);
      return "HTTP/1.1 " + code + "\r\nContent-Length: " + body.length() + more + "\r\n\r\n" + body;
    }
  }
}
