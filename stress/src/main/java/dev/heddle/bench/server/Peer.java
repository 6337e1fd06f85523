package dev.heddle.bench.server;

import dev.heddle.Heddle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The servers that are compared, by the names that command lines and tables use. */
public enum Peer {
  /** Ours. */
  HEDDLE("heddle"),
  /** The JDK's own virtual threads and scheduler. */
  JDK_VT("jdk-vt"),
  /** Netty 4.2 with its native epoll transport. */
  NETTY("netty"),
  /** {@code java.net.Socket} on tasks, installed: for echo. */
  HEDDLE_SOCKETS("heddle-sockets"),
  /** {@code java.net.Socket} on the JDK's virtual threads: for echo. */
  JDK_VT_SOCKETS("jdk-vt-sockets"),
  /** The JDK's blocking channels on tasks. */
  HEDDLE_CHANNELS("heddle-channels");

  /** Those that are compared unless a contest is about something else. */
  public static final List<Peer> USUAL = List.of(HEDDLE, JDK_VT, NETTY);

  /** Ways to a socket: ours, and those of {@code java.net} and {@code java.nio} with the JDK's. */
  public static final List<Peer> SOCKETS =
      List.of(HEDDLE, HEDDLE_SOCKETS, JDK_VT_SOCKETS, HEDDLE_CHANNELS, JDK_VT);

  private final String word;

  Peer(String word) {
    this.word = word;
  }

  /** Returns the peer of that name, if there is one. */
  public static Optional<Peer> of(String word) {
    return Stream.of(values()).filter(peer -> peer.word.equals(word)).findFirst();
  }

  /** Whether it can run on this machine. */
  public boolean isAvailable() {
    return this != NETTY || NettyServer.isAvailable();
  }

  /**
   * Starts it in this JVM; the parallelism of the stock scheduler is a flag of the JVM and is not
   * set here.
   */
  public Server start(Work work, int port, int processors) throws IOException {
    return switch (this) {
      case HEDDLE -> HeddleServer.start(heddle(processors), work, port);
      case JDK_VT -> work == Work.TLS ? StockTlsServer.start(port) : StockServer.start(work, port);
      case NETTY -> NettyServer.start(work, port, processors);
      case HEDDLE_SOCKETS -> SocketServer.onHeddle(heddle(processors), port);
      case JDK_VT_SOCKETS -> SocketServer.onStock(port);
      case HEDDLE_CHANNELS -> StockServer.startOn(heddle(processors), work, port);
    };
  }

  private static Heddle heddle(int processors) {
    return Heddle.builder().processors(processors).start();
  }

  @Override
  public String toString() {
    return word;
  }
}
