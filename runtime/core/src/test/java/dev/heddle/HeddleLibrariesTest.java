package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.netio.PollerKind;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Libraries that know nothing of us, on our carriers. */
final class HeddleLibrariesTest {
  private static final String NAME = "libraries-test";

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private Heddle heddle;

  @BeforeEach
  void start() {
    heddle =
        Heddle.builder()
            .name(NAME)
            .processors(2)
            .with(options -> SmallQueues.of(16, options))
            .start();
  }

  @AfterEach
  void everythingEnds() {
    heddle.close();
    assertEquals(0, heddle.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  private static boolean onOurCarriers() {
    return Thread.currentThread().toString().contains("@" + NAME + "-carrier-");
  }

  private void all(int count, Indexed body) {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < count; i++) {
      int index = i;
      threads.add(
          heddle.go(
              () -> {
                try {
                  body.run(index);
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    threads.forEach(Waits::join);
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " tasks failed", failures.peek());
    }
  }

  private interface Indexed {
    void run(int index) throws Exception;
  }

  @Test
  void theHttpServerOfTheJdkServesTenThousandRequestsOnOurExecutor() throws IOException {
    int clients = 20;
    int each = 500;
    var ours = new AtomicInteger();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext(
        "/",
        exchange -> {
          if (onOurCarriers()) {
            ours.incrementAndGet();
          }
          byte[] reply = ("hello " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, reply.length);
          try (var body = exchange.getResponseBody()) {
            body.write(reply);
          }
        });
    try (var executor = heddle.executor();
        var client = HttpClient.newHttpClient()) {
      server.setExecutor(executor);
      server.start();
      int port = server.getAddress().getPort();
      all(clients, index -> request(client, port, index, each));
      assertEquals(clients * each, ours.get());
      server.stop(0);
    }
  }

  private static void request(HttpClient client, int port, int index, int times)
      throws IOException, InterruptedException, URISyntaxException {
    for (int i = 0; i < times; i++) {
      var path = "/" + index + "/" + i;
      var uri = new URI("http", null, "127.0.0.1", port, path, null, null);
      var response = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertEquals(200, response.statusCode());
      assertEquals("hello " + path, response.body());
      assertTrue(onOurCarriers());
    }
  }

  @Test
  void jdbcTransactionsOfManyTasksAllArrive() throws SQLException {
    // The task that holds a row may be interrupted by the system for longer than the 2 s of the
    // default.
    String url = "jdbc:h2:mem:" + NAME + ";LOCK_TIMEOUT=" + Waits.LIMIT.toMillis();
    try (var keep = DriverManager.getConnection(url);
        var statement = keep.createStatement()) {
      statement.execute("create table account(id int primary key, balance int)");
      statement.execute("insert into account values (0, 0), (1, 0), (2, 0)");
      all(
          50,
          index -> {
            try (var connection = DriverManager.getConnection(url)) {
              connection.setAutoCommit(false);
              for (int i = 0; i < 10; i++) {
                try (var update =
                    connection.prepareStatement(
                        "update account set balance = balance + ? where id = ?")) {
                  update.setInt(1, 1);
                  update.setInt(2, index % 3);
                  assertEquals(1, update.executeUpdate());
                }
                connection.commit();
                assertTrue(onOurCarriers());
              }
            }
          });
      try (var sum = statement.executeQuery("select sum(balance) from account")) {
        assertTrue(sum.next());
        assertEquals(500, sum.getInt(1));
      }
    }
  }

  @Test
  void filesAreWrittenAndReadInTasks(@TempDir Path folder) {
    all(
        100,
        index -> {
          var bytes = new byte[100_000];
          new Random(index).nextBytes(bytes);
          Path file = folder.resolve("file" + index);
          try (var out = Files.newOutputStream(file)) {
            for (int from = 0; from < bytes.length; from += 10_000) {
              out.write(bytes, from, 10_000);
            }
          }
          assertArrayEquals(bytes, Files.readAllBytes(file));
        });
  }

  @Test
  void structuredTaskScopesForkOnOurFactory(@TempDir Path classes) throws URISyntaxException {
    var output = runPreview(classes, "StructuredTasks");
    assertTrue(output.contains("sum 4950, all on our carriers"), output);
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "SELECTOR"})
  void aStructuredTaskScopeThatIsCancelledEndsBlockedNetworkCallsAndTheirSocketsStayUsable(
      PollerKind kind, @TempDir Path classes) throws URISyntaxException {
    var output = runPreview(classes, "StructuredCancellation", kind.toString());
    assertTrue(output.contains("every socket works"), output);
  }

  /** In a JVM of its own, as the API is a preview that nothing else is to depend on. */
  private static String runPreview(Path classes, String main, String... args)
      throws URISyntaxException {
    Path source = Path.of(HeddleLibrariesTest.class.getResource("/" + main + ".java").toURI());
    // Compiled first: started from its source it would be compiled with the flags of the run, and
    // --add-exports is refused beside --release.
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                List.of(
                        "--enable-preview",
                        "--release=25",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString())
                    .toArray(String[]::new));
    assertEquals(0, compiled);
    var flags = new ArrayList<>(ChildJvm.FLAGS);
    flags.add("--enable-preview");
    var child = ChildJvm.run(flags, List.of(classes), main, args);
    assertEquals(0, child.exitCode(), child.output());
    return child.output();
  }
}
