#!/usr/bin/env bash
# HttpURLConnection sends a POST a second time by itself if the server closes without an answer.
#
# Guess:   a POST whose connection breaks fails with an IOException and is not repeated: only the caller knows whether
#          the order may be placed twice. That is what java.net.http.HttpClient does.
# Saw:     a server that reads the POST and closes gets it twice, on two connections, though neither was reused; then
#          the call fails. HttpClient repeats the GET, and not the POST.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Twice <<'JAVA'
import java.io.IOException;
import java.net.*;
import java.net.http.*;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class Twice {
  static final AtomicInteger REQUESTS = new AtomicInteger();

  public static void main(String[] args) throws Exception {
    var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> {
      while (true) {
        try (var socket = listener.accept()) {
          var request = new byte[4096];
          int n = 0;
          while (n < 5 || !(new String(request, 0, n).startsWith("GET") || new String(request, 0, n).endsWith("order"))) {
            int m = socket.getInputStream().read(request, n, request.length - n);
            if (m < 0) {
              break;
            }
            n += m;
          }
          REQUESTS.incrementAndGet();
        } catch (IOException e) {
          return;
        }
      }
    });
    var uri = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
    for (var method : List.of("GET", "POST")) {
      REQUESTS.set(0);
      try {
        var connection = (HttpURLConnection) uri.toURL().openConnection();
        if (method.equals("POST")) {
          connection.setDoOutput(true);
          connection.getOutputStream().write("order".getBytes());
        }
        connection.getResponseCode();
      } catch (IOException e) {
        System.out.println("HttpURLConnection " + method + ": requests at the server: " + REQUESTS);
      }
      REQUESTS.set(0);
      try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
        client.send(HttpRequest.newBuilder(uri).method(method, method.equals("POST")
            ? HttpRequest.BodyPublishers.ofString("order") : HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.discarding());
      } catch (IOException e) {
        System.out.println("HttpClient " + method + ": requests at the server: " + REQUESTS);
      }
    }
    Runtime.getRuntime().halt(0);
  }
}
JAVA
java_run Twice >"$work/out"
seen "$work/out" '^HttpURLConnection POST: requests at the server: 2' '^HttpClient POST: requests at the server: 1' \
  '^HttpClient GET: requests at the server: 2'
