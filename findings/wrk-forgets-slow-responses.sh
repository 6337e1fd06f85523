#!/usr/bin/env bash
# wrk leaves every response that takes over two seconds out of its latencies, and still counts it as a request.
#
# Guess:   --timeout (2 s) abandons a request: it counts as an error and not as a request. What counts as a request is
#          in the latencies.
# Saw:     with a server that answers each request after 3 s, wrk waits for the answers, counts them as requests *and*
#          as timeouts, and reports a latency of 0.00us throughout: what exceeds the timeout is not recorded. A server
#          whose slow tail is over 2 s looks faster than one whose tail is 1.9 s.
# Package: wrk 4.1.0-3+b2 (Debian 12); server on JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
need wrk wrk

program Late <<'JAVA'
import java.net.*;

class Late {
  public static void main(String[] args) throws Exception {
    var listener = new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getLoopbackAddress());
    while (true) {
      var socket = listener.accept();
      Thread.startVirtualThread(() -> serve(socket));
    }
  }

  static void serve(Socket socket) {
    try (socket) {
      while (socket.getInputStream().read(new byte[4096]) > 0) {
        Thread.sleep(3000);
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes());
      }
    } catch (Exception e) {
      // the client is gone
    }
  }
}
JAVA
port=$(free_port)
java_start Late "$port" 2>"$work/server"
await_port "$port"
wrk -t1 -c1 -d8 --latency "http://127.0.0.1:$port/" >"$work/out"
seen "$work/out" '^ +99% +0\.00us' '^ +2 requests in' 'Socket errors: connect 0, read 0, write 0, timeout [1-9]'
