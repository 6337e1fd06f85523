package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.poll.LateChannel;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
final class SocketQueuesTest {

  /** By the channel is the way where Linux's system calls cannot be made. */
  @Test
  void whatIsReceivedIsCountedAlikeInBothWays() throws Exception {
    try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
        var channel = SocketChannel.open(listener.getLocalAddress());
        var peer = listener.accept()) {
      peer.write(Bytes.of(1, 0, 6));
      channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(false);
      assertEquals(5, SocketQueues.receivedByChannel(channel));
      assertEquals(5, SocketQueues.received(LateChannel.of(channel)));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatThePeersSystemHasNoRoomForIsUnsent() throws Exception {
    try (var listener =
            ServerSocketChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, 4096)
                .bind(Fixture.ANY_PORT);
        var channel = SocketChannel.open(listener.getLocalAddress());
        var peer = listener.accept()) {
      channel.configureBlocking(false);
      var buffer = ByteBuffer.allocate(1 << 20);
      long written = channel.write(buffer);
      assertTrue(SocketQueues.unsent(LateChannel.of(channel)) > 0);
      for (long read = 0; read < written; ) {
        read += peer.read(buffer.clear());
      }
      Fixture.await(() -> unsent(channel) == 0); // an acknowledgement may come a little later
    }
  }

  private static int unsent(SocketChannel channel) {
    try {
      return SocketQueues.unsent(LateChannel.of(channel));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
