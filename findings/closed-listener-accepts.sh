#!/usr/bin/env bash
# A closed listener still lets clients connect, and keeps its port, until its selector selects again.
#
# Guess:   once ServerSocketChannel.close() has returned and isOpen() is false, a connect is refused and the port is
#          free.
# Saw:     while the channel is registered with a selector, the kernel socket stays open and listening. A client
#          connects and writes without an error, and a bind to the port fails. The next select() of that selector closes
#          the socket: the client gets a reset. A server that closes its listener first and then stops its event loop
#          loses the clients that come between, and a health check by connect says that it is up.
# Package: JDK, Temurin 25.0.3+9 (Linux), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Close <<'JAVA'
import java.io.IOException;
import java.net.*;
import java.nio.channels.*;

class Close {
  public static void main(String[] args) throws Exception {
    var selector = Selector.open();
    var listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    var address = listener.getLocalAddress();
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    listener.close();
    System.out.println("open after close: " + listener.isOpen());
    var client = new Socket();
    client.connect(address, 1000);
    client.getOutputStream().write(1);
    System.out.println("after close: connects and writes");
    System.out.println("bind after close: " + bind(address));
    selector.selectNow();
    client.setSoTimeout(2000);
    try {
      System.out.println("client after select: reads " + client.getInputStream().read());
    } catch (IOException e) {
      System.out.println("client after select: " + e.getMessage());
    }
    client.close();
    System.out.println("connect after select: " + connect(address));
    System.out.println("bind after select: " + bind(address));
  }

  static String bind(SocketAddress address) {
    try (var channel = ServerSocketChannel.open()) {
      channel.bind(address);
      return "works";
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }

  static String connect(SocketAddress address) {
    try (var socket = new Socket()) {
      socket.connect(address, 1000);
      return "works";
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }
}
JAVA
java_run Close >"$work/out"
seen "$work/out" '^open after close: false' '^after close: connects and writes' '^bind after close: BindException' \
  '^client after select: .*reset' '^connect after select: ConnectException' '^bind after select: works'
