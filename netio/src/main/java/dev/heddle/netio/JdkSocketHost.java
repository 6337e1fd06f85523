package dev.heddle.netio;

import dev.heddle.netio.jdk.JdkAvailable;
import dev.heddle.netio.jdk.SocketHost;
import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of {@code java.net} on our side: a {@link SocketConn} without addresses in its
 * messages and without {@link TcpDefaults}, and an accept loop that throws when the process is out
 * of descriptors.
 */
final class JdkSocketHost implements SocketHost {
  private final Network network;

  JdkSocketHost(Network network) {
    this.network = network;
  }

  @Override
  public Stream register(SocketChannel channel) throws IOException {
    return new Connection(Descriptor.open(network, channel), channel);
  }

  @Override
  public Acceptor register(ServerSocketChannel channel) throws IOException {
    return new Accepting(Descriptor.open(network, channel), channel);
  }

  private static final class Connection implements Stream {
    private final Descriptor descriptor;
    private final SocketChannel channel;
    private volatile @Nullable SocketConn conn; // set once, by finishConnect
    private boolean timed; // reads have a deadline. By the reader

    Connection(Descriptor descriptor, SocketChannel channel) {
      this.descriptor = descriptor;
      this.channel = channel;
    }

    @Override
    public void finishConnect(long deadline) throws IOException {
      PollDesc poll = descriptor.poll;
      if (!channel.isConnected()) {
        descriptor.lockWrite();
        try {
          poll.writer().setDeadline(deadline);
          while (!Connecting.finish(channel)) {
            poll.writer().prepare();
            poll.writer().await();
          }
          poll.writer().setDeadline(Deadlines.NEVER);
        } finally {
          descriptor.unlockWrite();
        }
      }
      poll.requireOpen();
      conn = new SocketConn(descriptor);
    }

    private SocketConn connected() throws ClosedChannelException {
      SocketConn known = conn;
      if (known == null) {
        throw new ClosedChannelException();
      }
      return known;
    }

    @Override
    public int read(ByteBuffer dst, long deadline) throws IOException {
      SocketConn from = connected();
      if (timed || deadline != NEVER) {
        from.setReadDeadline(deadline);
        timed = deadline != NEVER;
      }
      try {
        return from.readPlain(dst);
      } catch (SocketTimeoutException e) {
        int n = from.readNow(dst); // what came at the last moment counts
        if (n == 0) {
          throw e;
        }
        return n;
      }
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
      connected().writePlain(src);
    }

    @Override
    public int available() throws IOException {
      descriptor.enter();
      try {
        return JdkAvailable.of(channel);
      } finally {
        descriptor.leave();
      }
    }

    @Override
    public void shutdownInput() throws IOException {
      connected().closeRead();
    }

    @Override
    public void shutdownOutput() throws IOException {
      connected().closeWrite();
    }

    /** Waits for a socket that lingers, as the JDK's do, and holds nobody else up. */
    @Override
    public void close() throws IOException {
      descriptor.enter();
      try {
        descriptor.linger(channel.getOption(StandardSocketOptions.SO_LINGER));
      } finally {
        descriptor.leave();
      }
      descriptor.close();
      descriptor.awaitRelease(SocketConn.MAX_LINGER_MILLIS);
    }
  }

  private static final class Accepting implements Acceptor {
    private final Descriptor descriptor;
    private final ServerSocketChannel channel;

    Accepting(Descriptor descriptor, ServerSocketChannel channel) {
      this.descriptor = descriptor;
      this.channel = channel;
    }

    @Override
    public SocketChannel accept(long deadline) throws IOException {
      PollDesc poll = descriptor.poll;
      descriptor.lockRead();
      try {
        poll.reader().setDeadline(deadline);
        for (; ; ) {
          poll.requireOpen();
          SocketChannel accepted = channel.accept();
          if (accepted != null) {
            return accepted;
          }
          poll.reader().prepare();
          poll.reader().await();
        }
      } finally {
        descriptor.unlockRead();
      }
    }

    @Override
    public void close() throws IOException {
      descriptor.close();
      descriptor.awaitRelease(SocketListener.RELEASE_MILLIS);
    }
  }
}
