#!/usr/bin/env bash
# A blocking connect to a Unix-domain socket fails on a virtual thread where it waits on a platform thread.
#
# Guess:   a blocking SocketChannel.connect waits for room in the listener's backlog on either kind of thread, and a
#          nonblocking one returns false and reports OP_CONNECT later, as with TCP.
# Saw:     once the backlog is full, the platform thread waits. The virtual thread gets a SocketException at once
#          ("Resource temporarily unavailable"), and so does the nonblocking channel. Linux answers EAGAIN to a
#          nonblocking connect of a Unix-domain socket, and a virtual thread makes the channel nonblocking first. So a
#          burst of clients that a server on virtual threads connects to a local daemon fails instead of queueing.
# Package: JDK, Temurin 25.0.3+9 (Linux x86-64), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Connect <<'JAVA'
import java.io.IOException;
import java.net.*;
import java.nio.channels.*;
import java.nio.file.*;

class Connect {
  public static void main(String[] args) throws Exception {
    var address = UnixDomainSocketAddress.of(Path.of(args[0]));
    var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address, 1);
    for (int i = 0; i < 2; i++) {
      SocketChannel.open(address); // backlog 1 has room for two that are not accepted
    }
    report("platform", Thread.ofPlatform().daemon(), address);
    report("virtual", Thread.ofVirtual(), address);
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      System.out.println("nonblocking: returns " + channel.connect(address));
    } catch (IOException e) {
      System.out.println("nonblocking: " + e.getClass().getSimpleName());
    }
    listener.close();
  }

  static void report(String kind, Thread.Builder builder, SocketAddress address) throws Exception {
    var thread = builder.start(() -> {
      try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(address);
        System.out.println(kind + ": connects");
      } catch (ClosedChannelException e) {
        // the end of the program
      } catch (IOException e) {
        System.out.println(kind + ": " + e.getClass().getSimpleName());
      }
    });
    thread.join(1500);
    if (thread.isAlive()) {
      System.out.println(kind + ": still waits after 1.5 s");
    }
  }
}
JAVA
java_run Connect "$work/socket" >"$work/out"
seen "$work/out" '^platform: still waits' '^virtual: SocketException' '^nonblocking: SocketException'
