package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A nonblocking UDP socket on the simulated network. A datagram may be lost, come twice, and
 * overtake others; one that finds nobody is reported to a sender that is connected.
 */
final class SimulatedDatagramChannel extends DatagramChannel implements Watched {
  private static final int MOST_BYTES = 65_507;
  private static final int HEADER_BYTES = 28;

  private static final class Datagram {
    final InetSocketAddress sender;
    final byte[] bytes;

    Datagram(InetSocketAddress sender, byte[] bytes) {
      this.sender = sender;
      this.bytes = bytes;
    }
  }

  private final Host host;
  private final int number;
  private final SocketOptions options = new SocketOptions(SocketOptions.DATAGRAM);
  private final ArrayDeque<Datagram> received = new ArrayDeque<>();
  private int receivedBytes;
  private boolean unreachable; // an answer to what was sent, not reported yet
  private @Nullable InetSocketAddress bound;
  private @Nullable InetSocketAddress remote;
  private @Nullable PollDesc desc;

  SimulatedDatagramChannel(SimulatedChannels channels, Host host) {
    super(channels);
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
    desc.ready(!received.isEmpty() || unreachable, true, false);
  }

  private void edge() {
    if (desc != null && isOpen()) {
      desc.ready(true, false, unreachable);
    }
  }

  private void requireOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    host.wire().point();
  }

  // ---- addresses

  @Override
  public DatagramChannel bind(@Nullable SocketAddress local) throws IOException {
    InetSocketAddress address = host.freeAddress((InetSocketAddress) local);
    host.bind(address, this);
    bound = address;
    return this;
  }

  private InetSocketAddress bound() throws IOException {
    InetSocketAddress address = bound;
    if (address == null) {
      address = host.freeAddress(null);
      host.bind(address, this);
      bound = address;
    }
    return address;
  }

  @Override
  public DatagramChannel connect(SocketAddress to) throws IOException {
    requireOpen();
    InetSocketAddress _ = bound();
    remote = (InetSocketAddress) to;
    return this;
  }

  @Override
  public DatagramChannel disconnect() {
    remote = null;
    return this;
  }

  @Override
  public boolean isConnected() {
    return remote != null;
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() {
    return bound;
  }

  @Override
  public @Nullable SocketAddress getRemoteAddress() {
    return remote;
  }

  // ---- sending

  @Override
  public int send(ByteBuffer src, SocketAddress target) throws IOException {
    requireOpen();
    InetSocketAddress from = bound();
    if (!(target instanceof InetSocketAddress to)) {
      throw new SocketException("unsupported address type");
    }
    if (to.isUnresolved()) {
      throw new UnknownHostException("unresolved address");
    }
    if (src.remaining() > MOST_BYTES) {
      throw new SocketException("Message too long");
    }
    var bytes = new byte[src.remaining()];
    src.get(bytes);
    Host there = host.find(to);
    Wire wire = host.wire();
    LinkRules rules = wire.rules(host, there);
    for (int copies = wire.dice.chance(rules.duplicates) ? 2 : 1; copies > 0; copies--) {
      if (!wire.dice.chance(rules.loss)) {
        long nanos = wire.latency(host, there, HEADER_BYTES + bytes.length);
        wire.after(nanos, () -> arrive(there, to, new Datagram(from, bytes)));
      }
    }
    return bytes.length;
  }

  private void arrive(Host there, InetSocketAddress to, Datagram datagram) {
    Wire wire = host.wire();
    if (wire.isCut(host, there)) {
      return;
    }
    SimulatedDatagramChannel target = there.boundTo(to);
    wire.note(10, to.getPort() * 65_536L + datagram.bytes.length);
    if (wire.hasText()) {
      wire.line(
          host.name()
              + " -> "
              + there.name()
              + ":"
              + to.getPort()
              + (target == null ? " finds nobody" : " datagram " + datagram.bytes.length));
    }
    if (target != null) {
      target.receive(datagram, wire.rules(host, there).buffer);
    } else {
      wire.after(wire.latency(there, host, HEADER_BYTES), () -> nobody(there, to));
    }
  }

  /** The answer that nobody was there; only a connected socket is told. */
  private void nobody(Host there, InetSocketAddress to) {
    if (to.equals(remote) && !host.wire().isCut(there, host)) {
      unreachable = true;
      edge();
    }
  }

  // ---- receiving

  private void receive(Datagram datagram, int buffer) {
    boolean isForUs = remote == null || remote.equals(datagram.sender);
    if (isForUs && receivedBytes + datagram.bytes.length <= buffer) {
      receivedBytes += datagram.bytes.length;
      received.add(datagram);
      edge();
    }
  }

  @Override
  public @Nullable SocketAddress receive(ByteBuffer dst) throws IOException {
    requireOpen();
    InetSocketAddress _ = bound();
    if (unreachable) {
      unreachable = false;
      throw new PortUnreachableException("Connection refused");
    }
    Datagram next = received.poll();
    if (next == null) {
      return null;
    }
    receivedBytes -= next.bytes.length;
    dst.put(next.bytes, 0, Math.min(dst.remaining(), next.bytes.length));
    return next.sender;
  }

  // ---- what packet connections do not use

  private InetSocketAddress requireConnected() {
    if (remote == null) {
      throw new NotYetConnectedException();
    }
    return remote;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    InetSocketAddress _ = requireConnected();
    int before = dst.position();
    return receive(dst) == null ? 0 : dst.position() - before;
  }

  @Override
  public long read(ByteBuffer[] dsts, int offset, int length) {
    throw new UnsupportedOperationException("one buffer is read into");
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return send(src, requireConnected());
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) {
    throw new UnsupportedOperationException("one buffer is written from");
  }

  @Override
  public MembershipKey join(InetAddress group, NetworkInterface networkInterface) {
    throw new UnsupportedOperationException("no multicast is simulated");
  }

  @Override
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, InetAddress source) {
    throw new UnsupportedOperationException("no multicast is simulated");
  }

  @Override
  public <T> DatagramChannel setOption(SocketOption<T> name, T value) {
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
  public DatagramSocket socket() {
    throw new UnsupportedOperationException("a simulated socket has no java.net.DatagramSocket");
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  @Override
  protected void implCloseSelectableChannel() {
    if (bound != null) {
      host.unbind(bound, this);
    }
  }
}
