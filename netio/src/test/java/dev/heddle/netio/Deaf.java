package dev.heddle.netio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A listener that answers nobody any more: its backlog is full. */
final class Deaf implements AutoCloseable {
  private static final int BACKLOG = 1;
  private static final int HELD = BACKLOG + 1; // Linux takes one more than it is asked to
  private static final int ENOUGH_FOR_TCP = 8;

  private final ServerSocketChannel listener;
  private final SocketAddress address;
  private final List<SocketChannel> fill = new ArrayList<>();

  private Deaf(ServerSocketChannel listener, SocketAddress address) throws IOException {
    this.listener = listener.bind(address, BACKLOG);
    this.address = listener.getLocalAddress();
  }

  static Deaf tcp() throws IOException {
    var deaf = new Deaf(ServerSocketChannel.open(), Fixture.ANY_PORT);
    for (int i = 0; i < HELD; i++) {
      // Blocks: else one of these might be on its way still, and the test's be there first.
      deaf.fill.add(SocketChannel.open(deaf.address));
    }
    for (int i = HELD; i < ENOUGH_FOR_TCP; i++) {
      deaf.connect(SocketChannel.open());
    }
    return deaf;
  }

  /** Linux only: elsewhere such a listener refuses. */
  static Deaf unix() throws IOException {
    Path folder = Files.createTempDirectory("deaf");
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    var deaf = new Deaf(ServerSocketChannel.open(StandardProtocolFamily.UNIX), address);
    try {
      for (; ; ) {
        deaf.connect(SocketChannel.open(StandardProtocolFamily.UNIX));
      }
    } catch (SocketException e) {
      return deaf; // it is full
    }
  }

  private void connect(SocketChannel channel) throws IOException {
    fill.add(channel);
    channel.configureBlocking(false);
    channel.connect(address);
  }

  SocketAddress address() {
    return address;
  }

  InetSocketAddress inetAddress() {
    return (InetSocketAddress) address;
  }

  /** Makes room for one. */
  void acceptOne() throws IOException {
    fill.add(listener.accept());
  }

  @Override
  public void close() throws IOException {
    for (var channel : fill) {
      channel.close();
    }
    listener.close();
    if (address instanceof UnixDomainSocketAddress unix) {
      Files.delete(unix.getPath());
      Files.delete(unix.getPath().getParent());
    }
  }
}
