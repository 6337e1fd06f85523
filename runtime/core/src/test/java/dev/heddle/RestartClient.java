package dev.heddle;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Load for {@link RollingRestartTest}, by threads and sockets of the JDK: each request on a
 * connection of its own. It reports each server that answers for the first time, and at the end of
 * its input what was lost.
 */
final class RestartClient {
  private static final int THREADS = 4;

  private static final AtomicBoolean STOP = new AtomicBoolean();
  private static final AtomicLong ANSWERED = new AtomicLong();
  private static final AtomicLong LOST = new AtomicLong();
  private static final Set<Integer> SERVERS = ConcurrentHashMap.newKeySet();

  private RestartClient() {}

  /** The port. */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().start(() -> askAgainAndAgain(port)));
    }
    while (System.in.read() >= 0) {}
    STOP.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("answered " + ANSWERED + ", lost " + LOST);
  }

  private static void askAgainAndAgain(int port) {
    while (!STOP.get()) {
      try {
        int server = ask(port);
        ANSWERED.getAndIncrement();
        if (SERVERS.add(server)) {
          System.out.println("server " + server);
        }
      } catch (IOException e) {
        LOST.getAndIncrement();
        System.err.println("lost: " + e);
      }
    }
  }

  private static int ask(int port) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write('?');
      int server = socket.getInputStream().read();
      if (server < 0) {
        throw new EOFException("no answer");
      }
      return server;
    }
  }
}
