package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Programs;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HttpTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String GREETING =
      "HTTP/1.1 200 OK\r\nDate: X\r\nContent-Length: 13\r\n"
          + "Content-Type: text/plain; charset=utf-8\r\n\r\nHello, World!";

  private Local http;

  private void start(String... args) {
    http = Local.server(Http.HELP, Http::run, args);
  }

  @AfterEach
  void end() {
    http.close();
  }

  private record Client(Socket socket) implements AutoCloseable {
    void send(String text) throws IOException {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** One greeting, without the date in it. */
    String greeting() throws IOException {
      int date = "Mon, 30 Nov 2026 09:25:36 GMT".length() - 1;
      var bytes = socket.getInputStream().readNBytes(GREETING.length() + date);
      return undated(new String(bytes, ISO_8859_1));
    }

    String all() throws IOException {
      return undated(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
    }

    private static String undated(String text) {
      return text.replaceAll("Date: [^\r]*", "Date: X");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private Client connect() throws IOException {
    return new Client(http.connect());
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "selector"})
  void headMayBeSplitAtEveryByte(String poller) throws IOException {
    start("--poller", poller);
    for (var at = 1; at < GET.length(); at++) {
      try (var client = connect()) {
        client.send(GET + GET.substring(0, at));
        assertEquals(GREETING, client.greeting());
        client.send(GET.substring(at));
        assertEquals(GREETING, client.greeting());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "selector"})
  void pipelinedRequestsAreAllAnsweredToAHalfClosedClient(String poller) throws IOException {
    start("--poller", poller);
    try (var client = connect()) {
      client.send(GET.repeat(1000));
      client.socket.shutdownOutput();
      assertEquals(GREETING.repeat(1000), client.all());
    }
  }

  @Test
  void refusalArrivesAlthoughMoreIsSent() throws IOException {
    start();
    try (var client = connect()) {
      client.send("x".repeat(30_000));
      client.socket.shutdownOutput();
      var reply = client.all();
      assertTrue(reply.startsWith("HTTP/1.1 414 URI Too Long\r\n"), reply);
    }
  }

  @Test
  void resettingClientEndsItsOwnConnectionOnly() throws IOException {
    start();
    try (var other = connect()) {
      for (var i = 0; i < 20; i++) {
        try (var client = connect()) {
          client.send(GET.repeat(100));
          client.socket.setSoLinger(true, 0);
        }
      }
      other.send(GET);
      assertEquals(GREETING, other.greeting());
    }
  }

  @Test
  void idleConnectionIsClosedWithoutAWord() throws IOException {
    start("--idle-timeout", "100");
    try (var client = connect()) {
      client.send(GET);
      assertEquals(GREETING, client.greeting());
      assertEquals("", client.all());
    }
  }

  @Test
  void headThatTakesTooLongIsAnswered408() throws IOException {
    start("--head-timeout", "100");
    try (var client = connect()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
      var reply = client.all();
      assertTrue(reply.startsWith("HTTP/1.1 408 Request Timeout\r\n"), reply);
    }
  }

  @Test
  void curlIsGreetedAlsoThroughTheServerAsItsProxy() throws Exception {
    Programs.require("curl");
    start();
    var url = "http://" + http.address() + "/";
    var curl = "curl -sS --fail-with-body -m 50 ";
    assertEquals("Hello, World!", Programs.shell(curl + url).ok());
    assertEquals(
        "Hello, World!", Programs.shell(curl + "-x " + url + " http://example.test/").ok());
    assertTrue(Programs.shell(curl + "-I " + url).ok().contains("Content-Length: 13\r\n"));
    assertEquals(
        "405", Programs.shell("curl -sS -o /dev/null -w '%{http_code}' -d x=1 " + url).ok());
    var post = "curl -sS -w '%{num_connects}' -d x=1 -H 'Transfer-Encoding: chunked' ";
    var twice = "-o /dev/null URL -o /dev/null URL".replace("URL", url);
    assertEquals("10", Programs.shell(post + twice).ok(), "two on one connection");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ab -q -n 1000 -c 20 URL | grep -A1 -E 'Complete requests: +1000'",
        "ab -q -k -n 1000 -c 20 URL | grep -E 'Keep-Alive requests: +1000'",
        "wrk -t 1 -c 50 -d 1 URL | grep 'Requests/sec'",
        "h2load --h1 -n 1000 -c 20 -m 5 URL | grep '1000 2xx'"
      })
  void loadIsAnsweredWithoutAFailure(String command) throws Exception {
    Programs.require("ab");
    Programs.require("wrk");
    Programs.require("h2load");
    start();
    var output = Programs.shell(command.replace("URL", "http://" + http.address() + "/")).ok();
    assertTrue(!output.contains("Non-2xx") && !output.contains("Socket errors"), output);
  }
}
