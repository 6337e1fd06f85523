#!/usr/bin/env bash
# FileChannel.transferTo to a slow client holds the carrier of its virtual thread until the client reads.
#
# Guess:   sending a file to a socket channel parks the virtual thread when the socket is full, as write does. Only the
#          read of the file may hold the carrier, and that is short.
# Saw:     sendfile blocks in the kernel, with the carrier, for as long as the client does not read, and the scheduler
#          adds no carrier. As many slow clients as there are carriers stop every virtual thread of the JVM. With write
#          instead, the others run at once. InputStream.transferTo from a file to the socket's stream takes the same
#          path.
# Package: JDK, Temurin 25.0.3+9 (Linux), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Transfer <<'JAVA'
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.concurrent.*;

class Transfer {
  static final int SIZE = 32 << 20;

  interface Send {
    void send(Path file, SocketChannel to) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    var file = Path.of(args[0]);
    Files.write(file, new byte[SIZE]);
    othersRun("write", file, (f, to) -> {
      for (var bytes = ByteBuffer.wrap(Files.readAllBytes(f)); bytes.hasRemaining(); ) {
        to.write(bytes);
      }
    });
    othersRun("transferTo", file, (f, to) -> {
      try (var from = FileChannel.open(f)) {
        from.transferTo(0, SIZE, to);
      }
    });
    othersRun("stream", file, (f, to) -> {
      try (var from = Files.newInputStream(f)) {
        from.transferTo(Channels.newOutputStream(to));
      }
    });
    Runtime.getRuntime().halt(0);
  }

  static void othersRun(String name, Path file, Send send) throws Exception {
    var listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    var clients = new SocketChannel[2]; // one for each carrier; they never read
    for (int i = 0; i < clients.length; i++) {
      clients[i] = SocketChannel.open(listener.getLocalAddress());
      var served = listener.accept();
      Thread.startVirtualThread(() -> {
        try {
          send.send(file, served);
        } catch (Exception e) {
          // the client is gone: the end of the round
        }
      });
    }
    Thread.sleep(1500);
    var ran = new CountDownLatch(1);
    Thread.startVirtualThread(ran::countDown);
    System.out.println(name + ": another virtual thread runs within 3 s: " + ran.await(3, TimeUnit.SECONDS));
    for (var client : clients) {
      client.close();
    }
    ran.await();
    listener.close();
  }
}
JAVA
java_run -Djdk.virtualThreadScheduler.parallelism=2 Transfer "$work/file" >"$work/out"
seen "$work/out" '^write: .*true' '^transferTo: .*false' '^stream: .*false'
