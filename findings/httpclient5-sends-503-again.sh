#!/usr/bin/env bash
# Apache HttpClient sends a request again after a 503 or a 429, a POST as well, and sleeps in execute() in between.
#
# Guess:   a response is a response: execute() returns the 503. What the client retries by itself are I/O errors, and
#          only of methods that are safe to repeat.
# Saw:     the server gets every GET and every POST twice, one second apart, and execute() returns the second 503. If
#          the response has Retry-After: 3, the calling thread sleeps for those 3 s. An overloaded server gets twice the
#          load, and callers that expected to fail fast are blocked (disableAutomaticRetries() ends it).
# Package: org.apache.httpcomponents.client5:httpclient5:5.6.5 on JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars org.apache.httpcomponents.client5:httpclient5:5.6.5

program Again <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.*;
import org.apache.hc.client5.http.impl.classic.*;
import org.apache.hc.core5.http.io.entity.StringEntity;

class Again {
  static final AtomicInteger REQUESTS = new AtomicInteger();

  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      REQUESTS.incrementAndGet();
      var path = exchange.getRequestURI().getPath();
      exchange.getRequestBody().readAllBytes();
      if (path.equals("/later")) {
        exchange.getResponseHeaders().set("Retry-After", "3");
      }
      exchange.sendResponseHeaders(path.equals("/429") ? 429 : 503, -1);
      exchange.close();
    });
    server.start();
    var base = "http://127.0.0.1:" + server.getAddress().getPort();
    try (var client = HttpClients.createDefault()) {
      call(client, new HttpGet(base + "/503"));
      var post = new HttpPost(base + "/503");
      post.setEntity(new StringEntity("order"));
      call(client, post);
      call(client, new HttpGet(base + "/429"));
      call(client, new HttpGet(base + "/later"));
    }
    server.stop(0);
    Runtime.getRuntime().halt(0);
  }

  static void call(CloseableHttpClient client, HttpUriRequestBase request) throws Exception {
    REQUESTS.set(0);
    long start = System.nanoTime();
    int code = client.execute(request, response -> response.getCode());
    System.out.println(request.getMethod() + " " + request.getPath() + ": " + code + " after "
        + (System.nanoTime() - start) / 1_000_000_000 + " s, requests at the server: " + REQUESTS);
  }
}
JAVA
java_run Again >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
seen "$work/out" '^GET /503: 503 after [1-2] s, .*: 2$' '^POST /503: 503 after [1-2] s, .*: 2$' \
  '^GET /429: 429 after [1-2] s, .*: 2$' '^GET /later: 503 after [3-4] s, .*: 2$'
