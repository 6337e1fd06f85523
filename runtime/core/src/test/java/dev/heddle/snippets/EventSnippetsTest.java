package dev.heddle.snippets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.Heddle;
import dev.heddle.netio.Codec;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.EventConn;
import dev.heddle.netio.EventHandler;
import dev.heddle.netio.EventServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the event-handler face, compiled and run. */
@Timeout(60)
final class EventSnippetsTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  // @start region="events"
  static final class Chatter implements EventHandler<ByteBuffer> {
    private final AtomicLong messages = new AtomicLong();

    @Override
    public void onOpen(EventConn<ByteBuffer> conn) throws IOException {
      conn.send(US_ASCII.encode("welcome"));
    }

    @Override
    public void onTraffic(EventConn<ByteBuffer> conn, ByteBuffer line) throws IOException {
      messages.incrementAndGet();
      conn.send(line); // it may block, call a database, sleep
    }

    @Override
    public Duration onTick(EventServer<ByteBuffer> server) {
      System.out.println(messages + " messages, " + server.metrics().open() + " connections");
      return Duration.ofSeconds(10);
    }
  }

  static EventServer<ByteBuffer> start(Heddle heddle) throws Exception {
    return heddle.serveEvents(heddle.listen(ANY_PORT), Codec.lines(), new Chatter());
  }

  // @end

  // @start region="codec"
  /** An item, and how many of it. */
  record Order(String item, int count) {}

  static final class OrderCodec implements Codec<Order> {
    @Override
    public @Nullable Order decode(ConnReader in) throws IOException {
      ByteBuffer line = in.readUntil((byte) '\n'); // waits for the whole line
      if (line == null) {
        return null; // the end of the stream
      }
      String[] words = US_ASCII.decode(line).toString().split(" ", -1);
      if (words.length != 2) {
        throw new IOException("no order");
      }
      return new Order(words[0], Integer.parseInt(words[1]));
    }

    @Override
    public void encode(Order order, GatheringByteChannel out) throws IOException {
      out.write(US_ASCII.encode(order.item() + " " + order.count() + "\n"));
    }
  }

  // @end

  private static void expect(Conn conn, String text) throws IOException {
    var in = new ConnReader(conn, text.length());
    assertEquals(text, US_ASCII.decode(in.readFully(text.length())).toString());
  }

  @Test
  void aChatterWelcomesAndEchoes() throws Exception {
    try (var heddle = Heddle.start();
        var server = start(heddle);
        var conn = heddle.dial(server.localAddress())) {
      expect(conn, "welcome\n");
      conn.write(US_ASCII.encode("hello\n"));
      expect(conn, "hello\n");
    }
  }

  @Test
  void ordersAreDecodedAndEncoded() throws Exception {
    try (var heddle = Heddle.start();
        var server =
            heddle.serveEvents(
                heddle.listen(ANY_PORT),
                new OrderCodec(),
                (EventHandler<Order>)
                    (conn, order) -> conn.send(new Order(order.item(), order.count() + 1)));
        var conn = heddle.dial(server.localAddress())) {
      conn.write(US_ASCII.encode("tea 2\n"));
      expect(conn, "tea 3\n");
    }
  }
}
