package dev.heddle.netio;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening channel whose first calls of accept fail. */
final class FaultyServerSocketChannel extends ServerSocketChannel {
  private final ServerSocketChannel sound;
  private final Deque<Throwable> failures = new ArrayDeque<>();
  int interrupts; // the next calls find none, as the JDK says when a signal interrupts them

  FaultyServerSocketChannel(ServerSocketChannel sound, Throwable... failures) {
    super(sound.provider());
    this.sound = sound;
    this.failures.addAll(List.of(failures));
  }

  @Override
  public @Nullable SocketChannel accept() throws IOException {
    Throwable failure = failures.poll();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof IOException exception) {
      throw exception;
    }
    return interrupts > 0 && interrupts-- > 0 ? null : sound.accept();
  }

  @Override
  public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
    return sound.bind(local, backlog);
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
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
  public ServerSocket socket() {
    return sound.socket();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return sound.getLocalAddress();
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
