#!/usr/bin/env bash
# Undertow and Jetty wait in stop() until the request in flight is handled, and throw its answer away.
#
# Guess:   a server's stop() either waits for requests in flight, and their clients get the answers, or cuts them off at
#          once.
# Saw:     with one request in its handler for 1.5 s: Undertow and Jetty return from stop() only after the handler has
#          finished its work (it committed, it charged the card), and the client gets an end of stream without a byte.
#          Tomcat waits and answers. Helidon interrupts the handler after half a second, and still sends what the
#          handler makes of that. The two need a GracefulShutdownHandler, or a GracefulHandler and a stop timeout, in
#          front.
# Package: io.undertow:undertow-core:2.4.4.Final, org.eclipse.jetty:jetty-server:12.1.14,
#          org.apache.tomcat.embed:tomcat-embed-core:11.0.27, io.helidon.webserver:helidon-webserver:4.5.0 on JDK
#          Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars io.undertow:undertow-core:2.4.4.Final org.eclipse.jetty:jetty-server:12.1.14 \
  org.apache.tomcat.embed:tomcat-embed-core:11.0.27 io.helidon.webserver:helidon-webserver:4.5.0

program Stop <<'JAVA'
import java.io.*;
import java.net.*;
import java.util.concurrent.*;

class Stop {
  static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  static CountDownLatch inHandler;
  static volatile String handler;
  static volatile boolean stopped;

  interface Stopper {
    void stop() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    undertow();
    jetty();
    tomcat(args[0]);
    helidon();
    Runtime.getRuntime().halt(0);
  }

  static void undertow() throws Exception {
    var server = io.undertow.Undertow.builder().addHttpListener(0, "127.0.0.1")
        .setHandler(new io.undertow.server.handlers.BlockingHandler(exchange -> {
          work();
          exchange.getResponseSender().send("hello");
        })).build();
    server.start();
    report("Undertow", ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort(), server::stop);
  }

  static void jetty() throws Exception {
    var server = new org.eclipse.jetty.server.Server(ADDRESS);
    server.setHandler(new org.eclipse.jetty.server.Handler.Abstract() {
      @Override
      public boolean handle(org.eclipse.jetty.server.Request request, org.eclipse.jetty.server.Response response,
          org.eclipse.jetty.util.Callback callback) {
        work();
        org.eclipse.jetty.io.Content.Sink.write(response, true, "hello", callback);
        return true;
      }
    });
    server.start();
    report("Jetty", server.getURI().getPort(), server::stop);
  }

  static void tomcat(String folder) throws Exception {
    var server = new org.apache.catalina.startup.Tomcat();
    server.setBaseDir(folder);
    server.setPort(0);
    server.getConnector().setProperty("address", "127.0.0.1");
    var context = server.addContext("", null);
    org.apache.catalina.startup.Tomcat.addServlet(context, "hello", new jakarta.servlet.http.HttpServlet() {
      @Override
      protected void service(jakarta.servlet.http.HttpServletRequest request,
          jakarta.servlet.http.HttpServletResponse response) throws IOException {
        work();
        response.getWriter().write("hello");
      }
    });
    context.addServletMappingDecoded("/*", "hello");
    server.start();
    report("Tomcat", server.getConnector().getLocalPort(), server::stop);
  }

  static void helidon() throws Exception {
    var server = io.helidon.webserver.WebServer.builder().address(InetAddress.getLoopbackAddress())
        .routing(io.helidon.webserver.http.HttpRouting.builder().any((request, response) -> {
          work();
          response.send("hello");
        })).build().start();
    report("Helidon", server.port(), server::stop);
  }

  static void work() {
    inHandler.countDown();
    try {
      Thread.sleep(1500);
      handler = stopped ? "finished after stop()" : "finished during stop()";
    } catch (InterruptedException e) {
      handler = "interrupted";
    }
  }

  static void report(String name, int port, Stopper stopper) throws Exception {
    inHandler = new CountDownLatch(1);
    stopped = false;
    var answer = new FutureTask<String>(() -> {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
        var bytes = socket.getInputStream().readAllBytes();
        return bytes.length == 0 ? "nothing" : new String(bytes).endsWith("hello") ? "the answer" : "something else";
      } catch (IOException e) {
        return e.getClass().getSimpleName();
      }
    });
    Thread.startVirtualThread(answer);
    inHandler.await();
    stopper.stop();
    stopped = true;
    var got = answer.get();
    while (handler == null) {
      Thread.sleep(10);
    }
    System.out.println(name + ": handler " + handler + ", client gets " + got);
    handler = null;
  }
}
JAVA
java_run Stop "$work/tomcat" >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
seen "$work/out" '^Undertow: handler finished during stop\(\), client gets (nothing|SocketException)' \
  '^Jetty: handler finished during stop\(\), client gets (nothing|SocketException)' \
  '^Tomcat: handler finished during stop\(\), client gets the answer' '^Helidon: handler interrupted, client gets the answer'
