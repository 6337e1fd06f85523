package dev.heddle.netio;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Ends the connecting of a channel that does not block.
 *
 * <p>A signal may interrupt the system call, and the JDK reports that as it reports a connection
 * that is not there yet. The event that it is there has come by then, and no other follows: who
 * waited would wait for ever. So it is asked once more.
 */
final class Connecting {
  private Connecting() {}

  /** Whether the channel is connected; false: wait for the next event. Does not block. */
  static boolean finish(SocketChannel channel) throws IOException {
    boolean connected = channel.finishConnect();
    return connected || channel.finishConnect();
  }
}
