package dev.heddle.simulation;

import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/** Where the sockets of a simulated host come from. */
final class SimulatedChannels extends SelectorProvider {
  private final Host host;

  SimulatedChannels(Host host) {
    this.host = host;
  }

  @Override
  public SocketChannel openSocketChannel() {
    return new SimulatedSocketChannel(this, host, null);
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() {
    return new SimulatedServerChannel(this, host);
  }

  @Override
  public DatagramChannel openDatagramChannel() {
    return new SimulatedDatagramChannel(this, host);
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) {
    return openDatagramChannel();
  }

  @Override
  public Pipe openPipe() {
    throw new UnsupportedOperationException("no pipes are simulated");
  }

  @Override
  public AbstractSelector openSelector() {
    throw new UnsupportedOperationException("no selectors are simulated");
  }
}
