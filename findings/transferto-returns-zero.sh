#!/usr/bin/env bash
# FileChannel.transferTo to a socket channel in blocking mode returns 0, and the JDK's own loop around it spins.
#
# Guess:   transferTo to a channel in blocking mode blocks until it has moved something. The javadoc names only a
#          nonblocking target, or a position at the end, as reasons for fewer bytes.
# Saw:     once any virtual thread has read or written the channel, its descriptor stays nonblocking while isBlocking()
#          says true, and transferTo returns 0 whenever the client is slow, on a platform thread too. A loop "until all
#          is sent" turns without a pause. InputStream.transferTo is such a loop: a file's stream that is transferred to
#          the channel's stream burns a whole core until the client reads.
# Package: JDK, Temurin 25.0.3+9 (Linux), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Zero <<'JAVA'
import java.lang.management.ManagementFactory;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.file.*;

class Zero {
  static final int SIZE = 32 << 20;

  public static void main(String[] args) throws Exception {
    var file = Path.of(args[0]);
    Files.write(file, new byte[SIZE]);
    var listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    var client = SocketChannel.open(listener.getLocalAddress()); // never reads
    var served = listener.accept();
    Thread.ofVirtual().start(() -> writeOneByte(served)).join();
    long sent = 0;
    int zeros = 0;
    try (var from = FileChannel.open(file)) {
      while (zeros < 3 && sent < SIZE) {
        long n = from.transferTo(sent, SIZE - sent, served);
        sent += n;
        if (n == 0) {
          zeros++;
          Thread.sleep(200);
        }
      }
    }
    System.out.println("on a platform thread: isBlocking=" + served.isBlocking() + ", transferTo returned 0 " + zeros + " times");
    var sender = Thread.ofPlatform().daemon().start(() -> {
      try (var from = Files.newInputStream(file)) {
        from.transferTo(Channels.newOutputStream(served));
      } catch (Exception e) {
        // the end
      }
    });
    var spinner = Thread.ofPlatform().daemon().start(() -> {
      while (true) {
        Thread.onSpinWait(); // what a whole core is, on this machine at this time
      }
    });
    Thread.sleep(500);
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getThreadCpuTime(sender.threadId());
    long spinnerBefore = threads.getThreadCpuTime(spinner.threadId());
    Thread.sleep(3000);
    long percent = 100 * (threads.getThreadCpuTime(sender.threadId()) - before)
        / Math.max(1, threads.getThreadCpuTime(spinner.threadId()) - spinnerBefore);
    System.out.println("InputStream.transferTo while the client does not read: " + (percent > 30 ? "spins" : "waits")
        + " (" + percent + " % of the CPU that an endless loop gets)");
    client.close();
    Runtime.getRuntime().halt(0);
  }

  static void writeOneByte(SocketChannel channel) {
    try {
      channel.write(ByteBuffer.allocate(1));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
JAVA
java_run Zero "$work/file" >"$work/out"
seen "$work/out" '^on a platform thread: isBlocking=true, transferTo returned 0 3 times' '^InputStream.transferTo .*: spins'
