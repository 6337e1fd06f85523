#!/usr/bin/env bash
# The JDK HttpClient's request timeout does not cover the response body: a body that stalls blocks send() for ever.
#
# Guess:   HttpRequest.Builder.timeout bounds send(): its javadoc says that the exception comes "if the response is not
#          received within the specified timeout", and BodyHandlers.ofString needs the whole response.
# Saw:     the timer stops once the headers are in. With a timeout of 0.5 s, send() and sendAsync() still wait for the
#          rest of the body after 4 s, and nothing else in the client's options ends them. A call needs its own
#          deadline, for instance sendAsync(...).orTimeout(...).
# Package: JDK, Temurin 25.0.3+9 (java.net.http), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Stall <<'JAVA'
import java.net.*;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.*;

class Stall {
  public static void main(String[] args) throws Exception {
    System.out.println("nothing answered: " + call("", false));
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    System.out.println("half a body, send: " + call(half, false));
    System.out.println("half a body, sendAsync: " + call(half, true));
    Runtime.getRuntime().halt(0);
  }

  static String call(String answer, boolean async) throws Exception {
    var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> {
      try {
        var socket = listener.accept();
        socket.getInputStream().read(new byte[4096]);
        socket.getOutputStream().write(answer.getBytes());
        Thread.sleep(60_000);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    var client = HttpClient.newHttpClient();
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/"))
        .timeout(Duration.ofMillis(500)).build();
    var done = new CompletableFuture<String>();
    Thread.startVirtualThread(() -> {
      try {
        done.complete(async ? client.sendAsync(request, BodyHandlers.ofString()).get().body()
            : client.send(request, BodyHandlers.ofString()).body());
      } catch (Exception e) {
        done.complete(e.getClass().getSimpleName());
      }
    });
    try {
      return done.get(4, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return "still waits after 4 s";
    }
  }
}
JAVA
java_run Stall >"$work/out"
seen "$work/out" '^nothing answered: HttpTimeoutException' '^half a body, send: still waits' '^half a body, sendAsync: still waits'
