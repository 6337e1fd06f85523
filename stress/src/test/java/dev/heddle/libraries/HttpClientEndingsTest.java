package dev.heddle.libraries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.Heddle;
import dev.heddle.net.HeddleSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP clients in tasks, when the server dies, the client is closed, or the runtime is. */
final class HttpClientEndingsTest extends LibrarySuite {
  private static final int CALLS = 20;
  private static final String HELD = "/held";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch letGo = new CountDownLatch(1);
  private HttpServer server;

  /** A client, and how it is ended at once. */
  interface Client {
    String get(String url) throws Exception;

    void close() throws Exception;
  }

  enum Kind {
    OK_HTTP {
      @Override
      Client open(Heddle heddle) {
        return new OkHttp();
      }
    },
    HTTP_CLIENT_5 {
      @Override
      Client open(Heddle heddle) {
        return new HttpClient5();
      }
    },
    JDK {
      @Override
      Client open(Heddle heddle) {
        return new JdkClient(heddle);
      }
    };

    abstract Client open(Heddle heddle);
  }

  private static final class OkHttp implements Client {
    private final OkHttpClient client =
        new OkHttpClient.Builder()
            .socketFactory(new HeddleSocketFactory())
            .readTimeout(Duration.ofSeconds(60))
            .build();

    @Override
    public String get(String url) throws IOException {
      try (var response = client.newCall(new Request.Builder().url(url).build()).execute()) {
        return response.body().string();
      }
    }

    @Override
    public void close() {
      client.dispatcher().cancelAll();
      client.connectionPool().evictAll();
    }
  }

  private static final class HttpClient5 implements Client {
    private final org.apache.hc.client5.http.impl.classic.CloseableHttpClient client =
        HttpClients.custom()
            .disableAutomaticRetries()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(CALLS)
                    .setMaxConnPerRoute(CALLS)
                    .build())
            .build();

    @Override
    public String get(String url) throws IOException {
      return client.execute(
          new HttpGet(url), response -> EntityUtils.toString(response.getEntity()));
    }

    @Override
    public void close() {
      client.close(CloseMode.IMMEDIATE);
    }
  }

  private static final class JdkClient implements Client {
    private final HttpClient client;

    JdkClient(Heddle heddle) {
      client = HttpClient.newBuilder().executor(heddle.executor("client")).build();
    }

    @Override
    public String get(String url) throws IOException, InterruptedException {
      var request = HttpRequest.newBuilder(URI.create(url)).build();
      return client.send(request, BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server = server(0);
  }

  @AfterEach
  void shut() throws InterruptedException {
    letGo.countDown();
    server.stop(0);
    threads.shutdown();
    assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
  }

  private HttpServer server(int port) throws IOException {
    var created =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
    created.createContext("/", this::answer);
    created.setExecutor(threads);
    created.start();
    return created;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals(HELD)) {
      arrived.release();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    byte[] reply = ("hello " + path).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, reply.length);
    try (var body = exchange.getResponseBody()) {
      body.write(reply);
    }
  }

  private String url(int port, String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** Calls that the server has, and does not answer. */
  private List<FutureTask<String>> hold(Client client) throws InterruptedException {
    int port = server.getAddress().getPort();
    var calls = new ArrayList<FutureTask<String>>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(go(() -> client.get(url(port, HELD))));
    }
    assertTrue(arrived.tryAcquire(CALLS, 60, TimeUnit.SECONDS));
    return calls;
  }

  private static void assertAllFail(List<FutureTask<String>> calls) {
    for (var call : calls) {
      assertThrows(ExecutionException.class, () -> join(call));
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aServerThatDiesFailsTheCallsAndServesAgainAfterItsRestart(Kind kind) throws Exception {
    var client = kind.open(heddle);
    int port = server.getAddress().getPort();
    var calls = hold(client);
    server.stop(0);
    for (var call : calls) {
      var e = assertThrows(ExecutionException.class, () -> join(call)).getCause();
      assertInstanceOf(IOException.class, e);
    }
    server = server(port);
    String answer = join(go(() -> eventually(() -> client.get(url(port, "/again")))));
    assertEquals("hello /again", answer);
    client.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void closingTheClientFailsItsCalls(Kind kind) throws Exception {
    var client = kind.open(heddle);
    var calls = hold(client);
    client.close();
    assertAllFail(calls);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void closingTheRuntimeFailsTheCallsOfItsTasks(Kind kind) throws Exception {
    var client = kind.open(heddle);
    var calls = hold(client);
    heddle.close();
    assertAllFail(calls);
    client.close();
  }
}
