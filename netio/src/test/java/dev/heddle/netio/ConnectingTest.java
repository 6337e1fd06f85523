package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

final class ConnectingTest {
  @Test
  void aSignalThatInterruptsTheCallHidesNoConnection() throws Exception {
    try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
        var sound = SocketChannel.open()) {
      var _ = sound.configureBlocking(false);
      boolean _ = sound.connect(listener.getLocalAddress());
      try (var _ = listener.accept()) { // so it is there
        var channel = new FaultySocketChannel(sound);
        channel.interrupts = 1;
        assertTrue(Connecting.finish(channel));
        assertEquals(0, channel.interrupts);
        channel.interrupts = 2;
        assertFalse(Connecting.finish(channel), "it is not asked for ever");
      }
    }
  }
}
