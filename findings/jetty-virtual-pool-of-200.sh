#!/usr/bin/env bash
# Jetty's VirtualThreadPool serves no more than about 200 requests at a time.
#
# Guess:   a pool of virtual threads has no bound: a thread a request, however many wait for a database. That is what
#          Jetty's other way does, QueuedThreadPool with setVirtualThreadsExecutor.
# Saw:     with 400 requests whose handlers wait, 199 are in their handlers and the rest waits outside: the pool allows
#          200 tasks unless told otherwise, the number that platform threads had. With QueuedThreadPool and a
#          virtual-thread executor all 400 are served at once.
# Package: org.eclipse.jetty:jetty-server:12.1.14 on JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars org.eclipse.jetty:jetty-server:12.1.14

program Pools <<'JAVA'
import java.net.Socket;
import java.util.ArrayList;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.*;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.*;

class Pools {
  static final int REQUESTS = 400;

  public static void main(String[] args) throws Exception {
    report("VirtualThreadPool", new VirtualThreadPool());
    var queued = new QueuedThreadPool();
    queued.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    report("QueuedThreadPool", queued);
    Runtime.getRuntime().halt(0);
  }

  static void report(String name, ThreadPool pool) throws Exception {
    var inHandlers = new AtomicInteger();
    var over = new CountDownLatch(1);
    var server = new Server(pool);
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(REQUESTS);
    server.addConnector(connector);
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) throws Exception {
        inHandlers.incrementAndGet();
        over.await();
        callback.succeeded();
        return true;
      }
    });
    server.start();
    var clients = new ArrayList<Socket>();
    for (int i = 0; i < REQUESTS; i++) {
      var client = new Socket("127.0.0.1", connector.getLocalPort());
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      clients.add(client);
    }
    for (int before = -1; inHandlers.get() > before; Thread.sleep(2000)) { // until no more come
      before = inHandlers.get();
    }
    System.out.println(name + ": " + inHandlers + " of " + REQUESTS + " requests are in their handlers");
    over.countDown();
    for (var client : clients) {
      client.close();
    }
    server.stop();
  }
}
JAVA
java_run Pools >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
seen "$work/out" '^VirtualThreadPool: (19[0-9]|200) of 400' '^QueuedThreadPool: 400 of 400'
