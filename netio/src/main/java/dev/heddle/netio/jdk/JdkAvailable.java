package dev.heddle.netio.jdk;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** How many bytes a channel has for its reader, which the JDK's channels do not say. */
public final class JdkAvailable {
  private JdkAvailable() {}

  /** The number of bytes. The caller keeps the channel open meanwhile. */
  public static int of(SocketChannel channel) throws IOException {
    return JdkInternals.available(channel);
  }
}
