package dev.heddle.netio;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A datagram channel whose next calls find something else than the socket below: one thread's. */
final class FaultyDatagramChannel extends DatagramChannel {
  private final DatagramChannel sound;
  int interrupts;
  @Nullable IOException failure;

  FaultyDatagramChannel(DatagramChannel sound) {
    super(sound.provider());
    this.sound = sound;
  }

  @Override
  public @Nullable SocketAddress receive(ByteBuffer dst) throws IOException {
    IOException e = failure;
    if (e != null) {
      failure = null;
      throw e;
    }
    return sound.receive(dst);
  }

  @Override
  public int send(ByteBuffer src, SocketAddress target) throws IOException {
    return interrupts-- > 0 ? FaultySocketChannel.INTERRUPTED : sound.send(src, target);
  }

  @Override
  public DatagramChannel bind(SocketAddress local) throws IOException {
    return sound.bind(local);
  }

  @Override
  public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
    return sound.setOption(name, value);
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return sound.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return sound.supportedOptions();
  }

  @Override
  public DatagramSocket socket() {
    return sound.socket();
  }

  @Override
  public boolean isConnected() {
    return sound.isConnected();
  }

  @Override
  public DatagramChannel connect(SocketAddress remote) throws IOException {
    return sound.connect(remote);
  }

  @Override
  public DatagramChannel disconnect() throws IOException {
    return sound.disconnect();
  }

  @Override
  public SocketAddress getRemoteAddress() throws IOException {
    return sound.getRemoteAddress();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return sound.getLocalAddress();
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return sound.read(dst);
  }

  @Override
  public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
    return sound.read(dsts, offset, length);
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return sound.write(src);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    return sound.write(srcs, offset, length);
  }

  @Override
  public MembershipKey join(InetAddress group, NetworkInterface networkInterface)
      throws IOException {
    return sound.join(group, networkInterface);
  }

  @Override
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, InetAddress source) throws IOException {
    return sound.join(group, networkInterface, source);
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    sound.close();
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    sound.configureBlocking(block);
  }
}
