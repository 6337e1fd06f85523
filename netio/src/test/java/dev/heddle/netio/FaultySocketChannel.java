package dev.heddle.netio;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A channel whose next calls find something else than the socket below: one thread's. */
public final class FaultySocketChannel extends SocketChannel {
  /** What the JDK's channels return when a signal has interrupted the system call. */
  static final int INTERRUPTED = -3;

  private final SocketChannel sound;
  int interrupts;
  @Nullable IOException failure;

  /** Around a channel that is sound. */
  public FaultySocketChannel(SocketChannel sound) {
    super(sound.provider());
    this.sound = sound;
  }

  /** The next call fails: reads, writes, close. */
  public void fail(IOException failure) {
    this.failure = failure;
  }

  private boolean isInterrupted() throws IOException {
    IOException e = failure;
    if (e != null) {
      failure = null;
      throw e;
    }
    return interrupts > 0 && interrupts-- > 0;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    return isInterrupted() ? INTERRUPTED : sound.read(dst);
  }

  @Override
  public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
    return isInterrupted() ? INTERRUPTED : sound.read(dsts, offset, length);
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    return isInterrupted() ? INTERRUPTED : sound.write(src);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    return isInterrupted() ? INTERRUPTED : sound.write(srcs, offset, length);
  }

  @Override
  public SocketChannel bind(SocketAddress local) throws IOException {
    return sound.bind(local);
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
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
  public SocketChannel shutdownInput() throws IOException {
    return sound.shutdownInput();
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    return sound.shutdownOutput();
  }

  @Override
  public Socket socket() {
    return sound.socket();
  }

  @Override
  public boolean isConnected() {
    return sound.isConnected();
  }

  @Override
  public boolean isConnectionPending() {
    return sound.isConnectionPending();
  }

  @Override
  public boolean connect(SocketAddress remote) throws IOException {
    return sound.connect(remote);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return !isInterrupted() && sound.finishConnect();
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
  protected void implCloseSelectableChannel() throws IOException {
    sound.close();
    boolean _ = isInterrupted();
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    sound.configureBlocking(block);
  }
}
