package dev.heddle.libraries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heddle.net.HeddleSocketFactory;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.apache.catalina.startup.Tomcat;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP servers and clients that know nothing of us, on our tasks. */
final class HttpLibrariesTest extends LibrarySuite {
  private static final String SLOW = "/slow";

  /** What every server answers: the path, after a while if it is the slow one. */
  private static String answer(String path) {
    assertTrue(Thread.currentThread().toString().contains("@libraries-carrier-"), "not in a task");
    if (path.equals(SLOW)) {
      try {
        Thread.sleep(2_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return "hello " + path;
  }

  private interface Get {
    String get(String url) throws Exception;
  }

  private void ask(Get client, int port) throws Exception {
    all(
        index -> {
          for (int i = 0; i < 5; i++) {
            String path = "/" + index + "/" + i;
            assertEquals("hello " + path, client.get("http://127.0.0.1:" + port + path));
          }
        });
  }

  // ---- servers

  @Test
  void theHttpServerOfTheJdk() throws Exception {
    // It closes idle connections beyond 200, also while a request is on its way.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "1000");
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    server.createContext(
        "/",
        exchange -> {
          byte[] reply = answer(exchange.getRequestURI().getPath()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, reply.length);
          try (var body = exchange.getResponseBody()) {
            body.write(reply);
          }
        });
    server.setExecutor(heddle.executor("http"));
    server.start();
    askByAllClients(server.getAddress().getPort());
    server.stop(0);
  }

  @Test
  void jetty() throws Exception {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(heddle.executor("jetty"));
    var server = new Server(threads);
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(500);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(
              org.eclipse.jetty.server.Request request, Response response, Callback callback) {
            Content.Sink.write(response, true, answer(request.getHttpURI().getPath()), callback);
            return true;
          }
        });
    server.start();
    askByAllClients(connector.getLocalPort());
    server.stop();
  }

  @Test
  void tomcat(@TempDir Path folder) throws Exception {
    var tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("acceptCount", "500");
    tomcat.getConnector().getProtocolHandler().setExecutor(heddle.executor("tomcat"));
    var context = tomcat.addContext("", folder.toString());
    var servlet =
        new HttpServlet() {
          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.getOutputStream().write(answer(request.getRequestURI()).getBytes(UTF_8));
          }
        };
    Tomcat.addServlet(context, "answers", servlet).addMapping("/*");
    tomcat.start();
    askByAllClients(tomcat.getConnector().getLocalPort());
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void undertow() throws Exception {
    var executor = heddle.executor("undertow");
    HttpHandler answers =
        exchange -> exchange.getResponseSender().send(answer(exchange.getRequestPath()));
    var undertow =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setHandler(exchange -> exchange.dispatch(executor, answers))
            .build();
    undertow.start();
    var address = (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
    askByAllClients(address.getPort());
    undertow.stop();
  }

  // ---- clients

  private void askByAllClients(int port) throws Exception {
    okHttp(port);
    apacheHttpClient(port);
    httpClientOfTheJdk(port);
  }

  private void okHttp(int port) throws Exception {
    var client =
        new OkHttpClient.Builder()
            .socketFactory(new HeddleSocketFactory())
            .readTimeout(Duration.ofSeconds(30))
            .build();
    ask(url -> get(client, url), port);
    assertTrue(heddle.openSockets() > 0, "the sockets of OkHttp are not ours");
    var impatient = client.newBuilder().readTimeout(Duration.ofMillis(100)).build();
    var timed = go(() -> get(impatient, "http://127.0.0.1:" + port + SLOW));
    assertInstanceOf(
        SocketTimeoutException.class,
        assertThrows(ExecutionException.class, () -> join(timed)).getCause());
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
  }

  private static String get(OkHttpClient client, String url) throws IOException {
    try (var response = client.newCall(new Request.Builder().url(url).build()).execute()) {
      return response.body().string();
    }
  }

  private void apacheHttpClient(int port) throws Exception {
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(20)
            .setMaxConnPerRoute(20)
            .build();
    try (var client = HttpClients.custom().setConnectionManager(connections).build()) {
      ask(
          url ->
              client.execute(
                  new HttpGet(url), response -> EntityUtils.toString(response.getEntity())),
          port);
      assertTrue(heddle.openSockets() > 0, "the sockets of HttpClient 5 are not ours");
    }
  }

  private void httpClientOfTheJdk(int port) throws Exception {
    try (var executor = heddle.executor("client");
        var client = HttpClient.newBuilder().executor(executor).build()) {
      ask(
          url ->
              client
                  .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                  .body(),
          port);
    }
  }
}
