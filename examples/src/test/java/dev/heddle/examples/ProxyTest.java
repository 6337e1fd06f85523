package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ProxyTest {
  @TempDir Path folder;

  private Local proxy(String backends, String... more) {
    var args = new ArrayList<>(List.of("--to", backends, "--cert-out", certificate()));
    args.addAll(List.of(more));
    return Local.server(Proxy.HELP, Proxy::run, args.toArray(String[]::new));
  }

  private String certificate() {
    return folder.resolve("proxy.pem").toString();
  }

  private ChildJvm curl(Local proxy, String path, String... more) {
    var args = new ArrayList<>(List.of("-sS", "-m", "60", "--cacert", certificate()));
    args.addAll(List.of(more));
    args.add("https://localhost:" + proxy.port() + path);
    return Programs.run("", "curl", args.toArray(String[]::new));
  }

  /** A server of the JDK, with a thread for each request. */
  private static HttpServer jdk(Answer answer) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.to(exchange);
          }
        });
    server.start();
    return server;
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, text.length());
    exchange.getResponseBody().write(text.getBytes(ISO_8859_1));
  }

  private static String address(HttpServer server) {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void requestsOverTlsTakeTurns() throws Exception {
    try (var one = Background.nginx(Background.freePort(), "one");
        var two = Background.nginx(Background.freePort(), "two");
        var proxy = proxy("127.0.0.1:" + one.port + ",127.0.0.1:" + two.port)) {
      var all = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        all.append(curl(proxy, "/").ok());
      }
      var order = all.toString();
      assertTrue(order.equals("onetwo".repeat(3)) || order.equals("twoone".repeat(3)), order);
      assertTrue(curl(proxy, "/", "-I").ok().startsWith("HTTP/1.1 200 OK\r\n"));
      assertTrue(curl(proxy, "/missing").ok().contains("404 Not Found"));
    }
  }

  /** The clients repeat nothing: each of their answers counts. */
  @Test
  void serverDiesAndComesBackWithoutAFailedRequest() throws Exception {
    int port = Background.freePort();
    try (var two = Background.nginx(Background.freePort(), "two");
        var proxy =
            proxy("127.0.0.1:" + port + ",127.0.0.1:" + two.port, "--health-millis", "50")) {
      var stop = new AtomicBoolean();
      var answers = Collections.synchronizedList(new ArrayList<String>());
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < 3; i++) {
        clients.add(Thread.ofPlatform().start(() -> load(proxy, stop, answers)));
      }
      for (int round = 0; round < 3; round++) {
        try (var one = Background.nginx(port, "one")) {
          answersChange(answers, "one", true);
          one.kill();
        }
        answersChange(answers, "one", false);
      }
      stop.set(true);
      clients.forEach(Waits::join);
      assertEquals(
          List.of(), answers.stream().filter(line -> !line.matches("(one|two) 200")).toList());
    }
  }

  /** Runs curl again and again, each time for many requests on few connections. */
  private void load(Local proxy, AtomicBoolean stop, List<String> answers) {
    var urls = new ArrayList<>(List.of("-w", " %{http_code}\n"));
    urls.addAll(Collections.nCopies(29, "https://localhost:" + proxy.port() + "/"));
    while (!stop.get()) {
      var output = curl(proxy, "/", urls.toArray(String[]::new)).output();
      answers.addAll(output.lines().toList());
    }
  }

  /** Waits until a whole batch has, or has not, an answer of a server. */
  private static void answersChange(List<String> answers, String server, boolean there) {
    int[] from = {answers.size()};
    Waits.until(
        () -> server + " answers: " + there + answers,
        () -> {
          var later = List.copyOf(answers).stream().skip(from[0]).toList();
          boolean found = later.stream().anyMatch(line -> line.startsWith(server));
          if (found != there) {
            from[0] += later.size();
          }
          return later.size() >= 90 && found == there;
        });
  }

  @Test
  void bodiesPassBothWaysWholeAlsoInChunks() throws Exception {
    var body = new byte[3_000_000];
    new Random(1).nextBytes(body);
    var sent = Files.write(folder.resolve("sent"), body);
    var got = folder.resolve("got");
    var server =
        jdk(
            exchange -> {
              var bytes = exchange.getRequestBody().readAllBytes();
              boolean chunks = exchange.getRequestURI().getPath().equals("/chunks");
              exchange.sendResponseHeaders(200, chunks ? 0 : bytes.length);
              exchange.getResponseBody().write(bytes);
            });
    try (var proxy = proxy(address(server))) {
      for (var path : List.of("/", "/chunks")) {
        for (var header : List.of("X: y", "Transfer-Encoding: chunked")) {
          for (var version : List.of("--http1.1", "--http1.0")) {
            if (version.equals("--http1.0") && header.startsWith("T")) {
              continue; // HTTP/1.0 has no chunks
            }
            curl(
                    proxy,
                    path,
                    version,
                    "-H",
                    header,
                    "--data-binary",
                    "@" + sent,
                    "-o",
                    got.toString())
                .ok();
            assertArrayEquals(body, Files.readAllBytes(got), path + header + version);
          }
        }
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void serverSeesTheClientsAddressAndNoFieldsOfTheConnection() throws Exception {
    var seen = new CopyOnWriteArrayList<String>();
    var server =
        jdk(
            exchange -> {
              exchange
                  .getRequestHeaders()
                  .forEach((name, values) -> seen.add(name + ": " + String.join(",", values)));
              reply(exchange, "ok");
            });
    try (var proxy = proxy(address(server), "--health-millis", "3600000")) {
      Waits.until("the check", () -> seen.contains("User-agent: heddle-proxy"));
      seen.clear();
      curl(
              proxy,
              "/",
              "-H",
              "Connection: close, X-Secret",
              "-H",
              "X-Secret: a",
              "-H",
              "X-Forwarded-For: 1.2.3.4",
              "-H",
              "TE: trailers")
          .ok();
      assertTrue(seen.contains("X-forwarded-for: 127.0.0.1"), seen::toString);
      assertTrue(seen.contains("X-forwarded-proto: https"), seen::toString);
      assertTrue(seen.contains("Via: 1.1 heddle"), seen::toString);
      assertTrue(seen.contains("Host: localhost:" + proxy.port()), seen::toString);
      assertTrue(seen.stream().noneMatch(line -> line.matches("(X-secret|Te):.*")), seen::toString);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void leastConnectionsLeavesABusyServerAlone() throws Exception {
    var release = new CountDownLatch(1);
    var counts = List.of(new AtomicInteger(), new AtomicInteger());
    var servers = new ArrayList<HttpServer>();
    for (var count : counts) {
      servers.add(
          jdk(
              exchange -> {
                if (exchange.getRequestURI().getPath().equals("/slow")) {
                  Waits.await(release);
                } else if (exchange.getRequestURI().getPath().equals("/fast")) {
                  count.incrementAndGet();
                }
                reply(exchange, "ok");
              }));
    }
    var both = address(servers.get(0)) + "," + address(servers.get(1));
    try (var proxy = proxy(both, "--balance", "least-connections")) {
      var slow = Thread.ofPlatform().start(() -> curl(proxy, "/slow").ok());
      Waits.until("it is there", () -> proxy.heddle().dump().toString().contains("answer"));
      for (int i = 0; i < 6; i++) {
        assertEquals("ok", curl(proxy, "/fast").ok());
      }
      release.countDown();
      Waits.join(slow);
      var seen = counts.stream().map(AtomicInteger::get).sorted().toList();
      assertEquals(List.of(0, 6), seen);
    } finally {
      release.countDown();
      servers.forEach(server -> server.stop(0));
    }
  }

  /** A server that closes each connection once it has read a request. */
  @ParameterizedTest
  @CsvSource({"GET, 1 200", "DELETE, 1 200", "POST, 1 502"})
  void requestIsRepeatedElsewhereOnlyIfTwiceIsAsGoodAsOnce(String method, String expected)
      throws Exception {
    var asked = new AtomicInteger();
    try (var dying = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                while (true) {
                  try (var socket = dying.accept()) {
                    var buffer = new byte[10_000];
                    int n = socket.getInputStream().read(buffer);
                    var text = new String(buffer, 0, Math.max(n, 0), ISO_8859_1);
                    if (text.contains("heddle-proxy")) {
                      socket
                          .getOutputStream()
                          .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                    } else {
                      asked.incrementAndGet();
                    }
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      var well = jdk(exchange -> reply(exchange, "ok"));
      var list = "127.0.0.1:" + dying.getLocalPort() + "," + address(well);
      try (var proxy = proxy(list)) {
        var codes = new ArrayList<String>();
        while (asked.get() == 0) { // it is the turn of either
          codes.add(
              curl(proxy, "/", "-X", method, "-o", folder + "/out", "-w", "%{http_code}").ok());
        }
        assertEquals(expected, asked.get() + " " + codes.getLast());
      } finally {
        well.stop(0);
      }
    }
  }

  @Test
  void serverThatSaysNothingIs504AndNoServerIs502() throws Exception {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var late = proxy("127.0.0.1:" + silent.getLocalPort(), "--timeout", "100")) {
      assertTrue(curl(late, "/", "-d", "x=1").ok().startsWith("504 Gateway Timeout: "));
    }
    try (var none = proxy("127.0.0.1:1")) {
      assertTrue(curl(none, "/").ok().startsWith("502 Bad Gateway: "));
    }
  }

  @Test
  void clientWithoutTlsIsAnEndedConnectionAndOthersAreServed() throws Exception {
    var server = jdk(exchange -> reply(exchange, "ok"));
    try (var proxy = proxy(address(server))) {
      var plain = Programs.run("", "curl", "-sS", "http://127.0.0.1:" + proxy.port() + "/");
      assertTrue(plain.exitCode() != 0, plain::output);
      assertEquals("ok", curl(proxy, "/").ok());
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --to nowhere   | proxy: --to must be HOST:PORT, not 'nowhere'
          --balance fair | proxy: --balance must be round-robin or least-connections, not 'fair'
          """)
  void mistakeIsOneLineAndExitCode2(String args, String message) throws Exception {
    try (var child = Child.start(("proxy " + args).split(" "))) {
      assertEquals(new ChildJvm(2, message), child.end());
    }
  }
}
