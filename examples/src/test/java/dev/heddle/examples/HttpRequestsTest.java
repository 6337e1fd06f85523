package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Programs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table of raw requests, well-formed and not, and what the http program and nginx answer. */
@Timeout(120)
class HttpRequestsTest {
  private static final String PROBE = "GET /probe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  private static final Pattern REPEATED = Pattern.compile("\\{(\\d+)\\*([^}]*)}");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(x..|.)");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

  private record Row(String heddle, String nginx, String request) {}

  private static List<Row> table() throws IOException {
    try (var in = HttpRequestsTest.class.getResourceAsStream("/http-requests.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), ISO_8859_1)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> line.split(" *\\| ", 3))
          .map(columns -> new Row(columns[0], columns[1], columns[2]))
          .toList();
    }
  }

  private static String expand(String text) {
    var repeated = REPEATED.matcher(text).replaceAll(m -> repeat(m.group(2), m.group(1)));
    return ESCAPED
        .matcher(repeated)
        .replaceAll(
            m ->
                switch (m.group(1)) {
                  case "r" -> "\r";
                  case "n" -> "\n";
                  case "t" -> "\t";
                  default -> String.valueOf((char) Integer.parseInt(m.group(1).substring(1), 16));
                });
  }

  private static String repeat(String text, String times) {
    return text.repeat(Integer.parseInt(times)).replace("\\", "\\\\");
  }

  /** The status codes of all answers; a dash if there is none. */
  private static String statuses(int port, String request) throws IOException {
    var answers = new ByteArrayOutputStream();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((expand(request) + PROBE).getBytes(ISO_8859_1));
      socket.shutdownOutput();
      socket.getInputStream().transferTo(answers);
    } catch (SocketException e) {
      // reset behind the answer, as nginx does when more was sent than it reads
    }
    var codes =
        STATUS.matcher(answers.toString(ISO_8859_1)).results().map(m -> m.group(1)).toList();
    return codes.isEmpty() ? "-" : String.join(" ", codes);
  }

  private static String answers(int port) throws IOException {
    var lines = new StringBuilder();
    for (var row : table()) {
      lines.append(statuses(port, row.request)).append(" | ").append(row.request).append('\n');
    }
    return lines.toString();
  }

  @Test
  void eachIsAnsweredAsTheRfcsWantIt() throws Exception {
    assertTrue(table().size() >= 110);
    try (var http = Local.server(Http.HELP, Http::run)) {
      var expected =
          table().stream()
              .map(row -> row.heddle + " | " + row.request + "\n")
              .collect(Collectors.joining());
      assertEquals(expected, answers(Integer.parseInt(http.port())));
    }
  }

  @Test
  void columnOfNginxIsWhatItAnswers() throws Exception {
    Programs.require("nginx");
    try (var nginx = Background.nginx()) {
      var expected =
          table().stream()
              .map(row -> row.nginx + " | " + row.request + "\n")
              .collect(Collectors.joining());
      assertEquals(expected, answers(nginx.port));
    }
  }
}
