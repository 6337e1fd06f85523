package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A nonblocking TCP socket on the simulated network: what {@link Endpoint} does, as a channel. */
final class SimulatedSocketChannel extends SocketChannel implements Watched {
  private final Host host;
  private final int number;
  private final SocketOptions options = new SocketOptions(SocketOptions.STREAM);
  private @Nullable InetSocketAddress bound;
  private @Nullable Endpoint endpoint;
  private @Nullable PollDesc desc;

  SimulatedSocketChannel(SimulatedChannels channels, Host host, @Nullable Endpoint endpoint) {
    super(channels);
    this.host = host;
    this.number = host.nextDescriptor();
    this.endpoint = endpoint;
    this.bound = endpoint == null ? null : endpoint.local;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public void watch(PollDesc desc) {
    this.desc = desc;
    if (endpoint != null) {
      endpoint.watch(desc);
    }
  }

  private Endpoint connected() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (endpoint == null || !endpoint.isConnected()) {
      throw new NotYetConnectedException();
    }
    host.wire().point();
    return endpoint;
  }

  // ---- connecting

  @Override
  public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
    bound = host.freeAddress((InetSocketAddress) local);
    return this;
  }

  @Override
  public boolean connect(SocketAddress remote) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (endpoint != null) {
      throw new AlreadyConnectedException();
    }
    if (!(remote instanceof InetSocketAddress inet)) {
      throw new SocketException("unsupported address type");
    }
    if (inet.isUnresolved()) {
      throw new UnknownHostException("unresolved address");
    }
    host.wire().point();
    Endpoint made = host.connect(bound, inet);
    endpoint = made;
    bound = made.local;
    if (desc != null) {
      made.watch(desc);
    }
    made.connect();
    return false;
  }

  @Override
  public boolean finishConnect() throws IOException {
    if (endpoint == null) {
      throw new NotYetConnectedException();
    }
    return endpoint.finishConnect();
  }

  @Override
  public boolean isConnected() {
    return endpoint != null && endpoint.isConnected();
  }

  @Override
  public boolean isConnectionPending() {
    return endpoint != null && !endpoint.isConnected();
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() {
    return bound;
  }

  @Override
  public @Nullable SocketAddress getRemoteAddress() {
    return endpoint != null && endpoint.isConnected() ? endpoint.remote : null;
  }

  // ---- reading and writing

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return connected().read(dst);
  }

  @Override
  public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
    Endpoint from = connected();
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      int n = dsts[i].hasRemaining() ? from.read(dsts[i]) : 0;
      if (n < 0) {
        return sum == 0 ? n : sum;
      }
      sum += n;
    }
    return sum;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return connected().write(src);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    Endpoint to = connected();
    long sum = 0;
    for (int i = offset; i < offset + length && (i == offset || !srcs[i - 1].hasRemaining()); i++) {
      sum += to.write(srcs[i]);
    }
    return sum;
  }

  @Override
  public SocketChannel shutdownInput() throws IOException {
    connected().shutdownInput();
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    connected().shutdownOutput();
    return this;
  }

  // ---- the rest

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) {
    options.set(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) {
    return options.get(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return options.supported();
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  @Override
  protected void implCloseSelectableChannel() {
    if (endpoint != null) {
      endpoint.close(options.get(StandardSocketOptions.SO_LINGER) == 0);
    }
  }

  /** Only what this channel is asked by its connection: how much there is to read. */
  @Override
  public Socket socket() {
    return new Socket() {
      @Override
      public InputStream getInputStream() {
        return new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("a simulated channel is read by its connection");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public int available() {
            return endpoint == null ? 0 : endpoint.available();
          }
        };
      }
    };
  }
}
