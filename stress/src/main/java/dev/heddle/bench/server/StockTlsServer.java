package dev.heddle.bench.server;

import java.io.IOException;
import java.net.InetAddress;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** The echo over TLS as the JDK has it: a stock virtual thread and an SSLSocket a connection. */
final class StockTlsServer implements Server {
  private final SSLServerSocket listener;

  private StockTlsServer(SSLServerSocket listener) {
    this.listener = listener;
  }

  static StockTlsServer start(int port) throws IOException {
    var factory = BenchKeys.serverContext().getServerSocketFactory();
    var listener =
        (SSLServerSocket)
            factory.createServerSocket(port, Work.BACKLOG, InetAddress.getLoopbackAddress());
    var server = new StockTlsServer(listener);
    Thread.startVirtualThread(server::accept);
    return server;
  }

  @Override
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void go(Runnable body) {
    Thread.startVirtualThread(body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      while (true) {
        var socket = (SSLSocket) listener.accept();
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      // the server was closed
    }
  }

  private static void serve(SSLSocket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = socket.getInputStream();
      var out = socket.getOutputStream();
      var buffer = new byte[Work.BUFFER_BYTES];
      for (int n; (n = in.read(buffer)) >= 0; ) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // the peer broke the connection: done with it
    }
  }
}
