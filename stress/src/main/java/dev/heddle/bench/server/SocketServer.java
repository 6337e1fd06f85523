package dev.heddle.bench.server;

import dev.heddle.Heddle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The agreed echo over {@code java.net} sockets and their streams: the same code on tasks, whose
 * sockets are ours then, and on the JDK's own virtual threads.
 */
final class SocketServer implements Server {
  private final ServerSocket listener;
  private final Consumer<Runnable> starter;
  private final @Nullable Heddle heddle;

  private SocketServer(ServerSocket listener, Consumer<Runnable> starter, @Nullable Heddle heddle) {
    this.listener = listener;
    this.starter = starter;
    this.heddle = heddle;
  }

  /** On the JDK's virtual threads. */
  static Server onStock(int port) throws IOException {
    return new SocketServer(listen(port), Thread::startVirtualThread, null).started();
  }

  /** On tasks; closing the server closes Heddle. */
  static Server onHeddle(Heddle heddle, int port) throws IOException {
    if (!Heddle.installSockets()) {
      throw new IOException("the sockets of tasks are not ours");
    }
    var listener = inTask(heddle, () -> listen(port));
    return new SocketServer(listener, body -> heddle.go(body::run), heddle).started();
  }

  private static ServerSocket inTask(Heddle heddle, Callable<ServerSocket> body)
      throws IOException {
    var result = new FutureTask<>(body);
    heddle.go(result::run);
    try {
      return result.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, Work.BACKLOG, InetAddress.getLoopbackAddress());
  }

  private SocketServer started() {
    starter.accept(this::accept);
    return this;
  }

  @Override
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void go(Runnable body) {
    starter.accept(body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    if (heddle != null) {
      heddle.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        starter.accept(() -> echo(socket));
      }
    } catch (IOException e) {
      // the server was closed
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = socket.getInputStream();
      var out = socket.getOutputStream();
      var buffer = new byte[Work.BUFFER_BYTES];
      int read;
      while ((read = in.read(buffer)) >= 0) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // the peer broke the connection: done with it
    }
  }
}
