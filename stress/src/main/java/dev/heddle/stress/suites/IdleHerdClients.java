package dev.heddle.stress.suites;

import dev.heddle.stress.SiblingJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The other ends of {@link IdleHerd}'s connections, in a process of their own: one thread that
 * sends back what comes, with the JDK's means only. Ends when its input does.
 */
public final class IdleHerdClients {
  private IdleHerdClients() {}

  /** Arguments: port, number of connections. */
  public static void main(String[] args) throws IOException {
    Thread.ofPlatform().daemon().start(IdleHerdClients::endWithInput);
    System.out.println(SiblingJvm.READY);
    var address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    var selector = Selector.open();
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      var channel = SocketChannel.open(address);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
    var buffer = ByteBuffer.allocateDirect(4096);
    for (; ; ) {
      selector.select(key -> sendBack(key, buffer));
    }
  }

  private static void sendBack(SelectionKey key, ByteBuffer buffer) {
    var channel = (SocketChannel) key.channel();
    try {
      if (channel.read(buffer.clear()) < 0) {
        channel.close();
        return;
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer); // a few bytes into an empty socket buffer
      }
    } catch (IOException e) {
      key.cancel();
    }
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is said to us
      }
    } catch (IOException e) {
      // the same
    }
    Runtime.getRuntime().halt(0);
  }
}
