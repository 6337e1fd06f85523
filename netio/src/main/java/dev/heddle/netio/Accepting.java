package dev.heddle.netio;

import dev.heddle.netio.epoll.AcceptCall;
import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.NioInternals;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How a listener gets its next connection: by one system call of ours, or by the JDK's channel.
 *
 * <p>One caller at a time, who keeps the listener's descriptor open. Never blocks.
 */
@FunctionalInterface
interface Accepting {
  /** The next connection; null if there is none now. */
  @Nullable Accepted next() throws IOException;

  /** On every platform; Unix-domain sockets too. */
  static Accepting byChannel(ServerSocketChannel listener) {
    return () -> {
      SocketChannel accepted = listener.accept();
      if (accepted == null) {
        accepted = listener.accept(); // a signal interrupts it, and the JDK says: none is there
      }
      if (accepted == null) {
        return null;
      }
      try {
        var _ = accepted.configureBlocking(false);
        return new Accepted(
            LateChannel.of(accepted), accepted.getLocalAddress(), accepted.getRemoteAddress());
      } catch (IOException | RuntimeException | Error e) {
        accepted.close();
        throw e;
      }
    };
  }

  /**
   * TCP on Linux. It asks for the local address only where connections may have different ones:
   * where the listener is bound to no address of its own.
   */
  static Accepting byDescriptor(ServerSocketChannel listener) throws IOException {
    int fd = NioInternals.fd(listener);
    var bound = (InetSocketAddress) listener.getLocalAddress();
    boolean any = bound.getAddress().isAnyLocalAddress();
    var call = new AcceptCall();
    return () -> {
      int accepted;
      do {
        accepted = call.accept(fd);
      } while (accepted == -SocketCalls.EINTR);
      if (accepted < 0) {
        return nothing(-accepted);
      }
      try {
        InetSocketAddress remote = call.peer();
        InetSocketAddress local = any ? call.local(accepted) : bound;
        return new Accepted(LateChannel.accepted(accepted, local, remote), local, remote);
      } catch (IOException | RuntimeException | Error e) {
        int _ = SocketCalls.close(accepted);
        throw e;
      }
    };
  }

  private static @Nullable Accepted nothing(int error) throws IOException {
    if (error == SocketCalls.EAGAIN) {
      return null;
    }
    throw new IOException(Errno.words(error));
  }
}
