package dev.heddle.bench.load;

import dev.heddle.bench.server.HttpReplies;
import dev.heddle.bench.server.Work;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does the agreed work for requests of one length, but for one reply. */
final class FaultyServer implements Closeable {
  enum Fault {
    NONE,
    CORRUPT,
    TRUNCATE,
    LENGTHEN,
    REPEAT_THE_LAST,
    SILENCE,
    CLOSE
  }

  private final ServerSocket listener =
      new ServerSocket(0, Work.BACKLOG, InetAddress.getLoopbackAddress());
  private final AtomicInteger untilFault;
  private final AtomicInteger replies = new AtomicInteger();
  private final Work work;
  private final int requestBytes;
  private final Fault fault;
  private final Thread acceptor = Thread.ofVirtual().unstarted(this::accept);

  FaultyServer(Work work, int requestBytes, Fault fault, int untilFault) throws IOException {
    this.work = work;
    this.requestBytes = requestBytes;
    this.fault = fault;
    this.untilFault = new AtomicInteger(untilFault);
    acceptor.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** How many replies have been given or begun, right or wrong. */
  int replies() {
    return replies.get();
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      var last = new byte[0];
      while (true) {
        var request = client.getInputStream().readNBytes(requestBytes);
        if (request.length < requestBytes) {
          return;
        }
        var reply = work == Work.HTTP ? HttpReplies.reply() : request;
        // A connection without a reply cannot get the last one again.
        if (last.length > 0 && untilFault.getAndDecrement() == 0) {
          if (fault == Fault.CLOSE) {
            return;
          }
          reply = spoil(reply, last);
        }
        last = reply;
        replies.incrementAndGet(); // first: a client that has the reply may ask
        client.getOutputStream().write(reply);
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  private byte[] spoil(byte[] reply, byte[] last) {
    return switch (fault) {
      case NONE, CLOSE -> reply;
      case CORRUPT -> {
        var spoilt = reply.clone();
        spoilt[spoilt.length - 1] = '?';
        yield spoilt;
      }
      case TRUNCATE -> Arrays.copyOf(reply, reply.length - 1);
      case LENGTHEN -> Arrays.copyOf(reply, reply.length + 1);
      case REPEAT_THE_LAST -> last;
      case SILENCE -> new byte[0];
    };
  }

  /** Until the accepting thread, which the JDK unparks, has left, the port would be open. */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
