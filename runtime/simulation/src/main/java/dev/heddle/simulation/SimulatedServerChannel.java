package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A nonblocking listener on the simulated network. */
final class SimulatedServerChannel extends ServerSocketChannel implements Watched {
  private static final int DEFAULT_BACKLOG = 50; // the JDK's

  private final SimulatedChannels channels;
  private final Host host;
  private final int number;
  private final SocketOptions options = new SocketOptions(SocketOptions.LISTENER);
  private @Nullable Backlog backlog;
  private @Nullable PollDesc desc;

  SimulatedServerChannel(SimulatedChannels channels, Host host) {
    super(channels);
    this.channels = channels;
    this.host = host;
    this.number = host.nextDescriptor();
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public void watch(PollDesc desc) {
    this.desc = desc;
    if (backlog != null) {
      backlog.watch(desc);
    }
  }

  @Override
  public ServerSocketChannel bind(@Nullable SocketAddress local, int most) throws IOException {
    InetSocketAddress address = host.freeAddress((InetSocketAddress) local);
    backlog = new Backlog(address, most <= 0 ? DEFAULT_BACKLOG : most);
    host.listen(backlog);
    if (desc != null) {
      backlog.watch(desc);
    }
    return this;
  }

  @Override
  public @Nullable SocketChannel accept() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (backlog == null) {
      throw new NotYetBoundException();
    }
    host.wire().point();
    Endpoint endpoint = backlog.poll();
    return endpoint == null ? null : new SimulatedSocketChannel(channels, host, endpoint);
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() {
    return backlog == null ? null : backlog.local;
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
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
  public ServerSocket socket() {
    throw new UnsupportedOperationException("a simulated listener has no java.net.ServerSocket");
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  @Override
  protected void implCloseSelectableChannel() {
    if (backlog != null) {
      host.unlisten(backlog);
      backlog.close();
    }
  }
}
