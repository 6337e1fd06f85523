#!/usr/bin/env bash
# Closing one of several SO_REUSEPORT listeners resets clients that have connected to it, though others listen.
#
# Guess:   with SO_REUSEPORT a server is replaced without a lost client: the new one listens, the old one stops
#          accepting and closes its listener, and what it has not accepted is given to the new one.
# Saw:     the kernel has chosen the listener when the client connected. connect() has succeeded, and with the listener
#          its backlog goes: about half of 40 clients get a reset instead of an answer. net.ipv4.tcp_migrate_req, which
#          would move them, is 0 by default. A listener has to be emptied before it is closed, and be kept from getting
#          more meanwhile.
# Package: JDK, Temurin 25.0.3+9, on Linux 6 (net.ipv4.tcp_migrate_req = 0), 2026-11-30
. "$(dirname "$0")/lib.sh"
[ "$(cat /proc/sys/net/ipv4/tcp_migrate_req 2>/dev/null || echo 1)" = 0 ] || skip "net.ipv4.tcp_migrate_req is not 0"

program Handover <<'JAVA'
import java.io.IOException;
import java.net.*;
import java.nio.channels.ServerSocketChannel;
import java.util.*;

class Handover {
  public static void main(String[] args) throws Exception {
    var before = listener(0);
    var address = before.getLocalAddress();
    var after = listener(((InetSocketAddress) address).getPort());
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      var client = new Socket();
      client.connect(address); // the handshake is over when this returns
      client.setSoTimeout(5000);
      clients.add(client);
    }
    before.close();
    after.configureBlocking(false);
    int answered = 0;
    for (var one = after.accept(); one != null; one = after.accept()) {
      one.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
      answered++;
    }
    int reset = 0;
    for (var client : clients) {
      try (client) {
        client.getInputStream().read();
      } catch (SocketException e) {
        reset++;
      }
    }
    System.out.println("40 connected, one of two listeners closed: some reset: " + (reset > 0)
        + ", all accounted for: " + (reset + answered == 40));
    System.out.println("(" + reset + " reset, " + answered + " answered by the other)");
  }

  static ServerSocketChannel listener(int port) throws IOException {
    var channel = ServerSocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    return channel.bind(new InetSocketAddress("127.0.0.1", port), 100);
  }
}
JAVA
java_run Handover >"$work/out" 2>&1 || true
seen "$work/out" 'some reset: true, all accounted for: true'
