package dev.heddle.simulation;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests and replies of a line each: what the planted servers speak. */
final class Rpc implements AutoCloseable {
  static final int PORT = 7000;

  /** Answers a request; may block. */
  interface Service {
    String answer(String request) throws Exception;
  }

  final Conn conn;
  private final BufferedReader reader;

  Rpc(Conn conn) {
    this.conn = conn;
    this.reader =
        new BufferedReader(new InputStreamReader(conn.inputStream(), StandardCharsets.UTF_8), 256);
  }

  /** Accepts connections for ever, and answers their requests, each connection by a task. */
  static void serve(Heddle heddle, InetSocketAddress at, Service service) throws IOException {
    Listener listener = heddle.listen(at);
    for (; ; ) {
      var rpc = new Rpc(listener.accept());
      heddle.go(
          "connection",
          () -> {
            try (rpc) {
              for (String request; (request = rpc.reader.readLine()) != null; ) {
                rpc.send(service.answer(request));
              }
            }
          });
    }
  }

  /** Connects, as soon as somebody listens. */
  static Rpc dial(Heddle from, Host to) throws IOException, InterruptedException {
    for (; ; ) {
      try {
        return new Rpc(from.dial(to.at(PORT)));
      } catch (ConnectException e) {
        from.sleep(Duration.ofMillis(1));
      }
    }
  }

  void send(String line) throws IOException {
    conn.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  String receive() throws IOException {
    String line = reader.readLine();
    if (line == null) {
      throw new EOFException("the peer has closed");
    }
    return line;
  }

  String call(String request) throws IOException {
    send(request);
    return receive();
  }

  @Override
  public void close() throws IOException {
    conn.close();
  }
}
