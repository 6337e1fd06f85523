package dev.heddle.netio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Callbacks over dormant connections: which come, in which order, and what they may do. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class EventServerTest {
  private static final int LIMIT = 100;

  @Parameter PollerKind kind;

  private final List<Conn> clients = new ArrayList<>();
  private final LinkedBlockingQueue<String> calls = new LinkedBlockingQueue<>();
  private Fixture fixture;
  private Listener listener;
  private EventServer<?> server;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
    listener = fixture.listen();
  }

  @AfterEach
  void close() throws Exception {
    for (Conn client : clients) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
    fixture.close();
  }

  private <M> void serve(Codec<M> codec, EventHandler<M> handler) throws Exception {
    server = fixture.network.serveEvents(listener, codec, handler, LIMIT, ServeOptions.DEFAULT);
  }

  private Conn dial() throws IOException {
    Conn client = fixture.network.dial(listener.localAddress());
    clients.add(client);
    return client;
  }

  private String nextCall() throws InterruptedException {
    return calls.poll(Fixture.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static String text(ByteBuffer bytes) {
    return US_ASCII.decode(bytes).toString();
  }

  /** Notes each call, and echoes. */
  private class Noting implements EventHandler<ByteBuffer> {
    @Override
    public void onBoot(EventServer<ByteBuffer> server) throws Exception {
      calls.add("boot");
    }

    @Override
    public void onOpen(EventConn<ByteBuffer> conn) throws Exception {
      calls.add("open");
    }

    @Override
    public void onTraffic(EventConn<ByteBuffer> conn, ByteBuffer message) throws Exception {
      calls.add("traffic " + text(message.duplicate()));
      conn.send(message);
    }

    @Override
    public void onClose(EventConn<ByteBuffer> conn, Throwable failure) throws Exception {
      calls.add(failure == null ? "close" : "close by " + failure.getMessage());
    }

    @Override
    public void onShutdown(EventServer<ByteBuffer> server) throws Exception {
      calls.add("shutdown");
    }
  }

  @Test
  void theCallsComeInOrder() throws Exception {
    serve(Codec.lines(), new Noting());
    assertEquals("boot", nextCall());
    var client = dial();
    assertEquals("open", nextCall());
    Bytes.send(client, "one\ntwo\nthr");
    assertEquals("traffic one", nextCall());
    assertEquals("traffic two", nextCall());
    Bytes.send(client, "ee\n");
    assertEquals("traffic three", nextCall());
    Bytes.expect(client, "one\ntwo\nthree\n");
    client.close();
    assertEquals("close", nextCall());
    assertTrue(server.drain(Fixture.LIMIT));
    assertEquals("shutdown", nextCall());
    assertTrue(calls.isEmpty());
  }

  @Test
  void aConnectionIsDormantBetweenMessages() throws Exception {
    serve(Codec.lines(), new Noting());
    var client = dial();
    for (int i = 0; i < 3; i++) {
      Bytes.send(client, "hello\n");
      Bytes.expect(client, "hello\n");
      Fixture.await(() -> fixture.scheduler.liveTasks() == 2); // one accepts, one ticks
    }
  }

  @Test
  void theServerMaySpeakFirst() throws Exception {
    serve(
        Codec.lines(),
        new Noting() {
          @Override
          public void onOpen(EventConn<ByteBuffer> conn) throws Exception {
            fixture.scheduler.sleep(Duration.ofMillis(1)); // it may block
            conn.send(US_ASCII.encode("220 ready"));
          }
        });
    var client = dial();
    Bytes.expect(client, "220 ready\n");
    Bytes.send(client, "QUIT\n");
    Bytes.expect(client, "QUIT\n");
  }

  @Test
  void aCallMayBlockAndOthersAreServedMeanwhile() throws Exception {
    var go = new CountDownLatch(1);
    serve(
        Codec.lines(),
        (EventHandler<ByteBuffer>)
            (conn, message) -> {
              if (message.get(0) == 'w') {
                calls.add("waits");
                go.await();
              }
              conn.send(message);
            });
    var waiting = dial();
    Bytes.send(waiting, "wait\n");
    assertEquals("waits", nextCall());
    var other = dial();
    Bytes.send(other, "other\n");
    Bytes.expect(other, "other\n");
    go.countDown();
    Bytes.expect(waiting, "wait\n");
  }

  @Test
  void everyFramingOfThePackageIsACodec() throws Exception {
    serve(Codec.lengthField(LengthField.SHORT), new Noting());
    var client = dial();
    var frames = ByteBuffer.wrap(new byte[] {0, 2, 'h', 'i', 0, 1, '!'});
    client.write(frames);
    var answer = ByteBuffer.allocate(frames.capacity());
    Bytes.readFully(client, answer);
    assertEquals(frames.flip(), answer.flip());
    server.close();
    for (var codec :
        List.of(Codec.fixed(4), Codec.delimited((byte) ';', (byte) ';'), Codec.raw())) {
      listener = fixture.listen();
      serve(codec, new Noting());
      client = dial();
      Bytes.send(client, "ab;;");
      Bytes.expect(client, "ab;;");
      server.close();
    }
  }

  /** Numbers in decimal, each ended by a semicolon. */
  private static final class Numbers implements Codec<Long> {
    @Override
    public Long decode(ConnReader in) throws IOException {
      var digits = in.readUntil((byte) ';');
      if (digits == null) {
        return null;
      }
      var text = text(digits);
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw new IOException("no number: " + text, e);
      }
    }

    @Override
    public void encode(Long message, java.nio.channels.GatheringByteChannel out)
        throws IOException {
      out.write(US_ASCII.encode(message + ";"));
    }
  }

  @Test
  void aCodecOfOnesOwnAndStateOfAConnection() throws Exception {
    serve(
        new Numbers(),
        (EventHandler<Long>)
            (conn, number) -> {
              Object before = conn.attachment();
              long sum = number + (before == null ? 0 : (Long) before);
              conn.attach(sum);
              conn.send(sum);
            });
    var first = dial();
    var second = dial();
    Bytes.send(first, "1;2;");
    Bytes.expect(first, "1;3;");
    Bytes.send(second, "10;");
    Bytes.expect(second, "10;");
    Bytes.send(first, "4;");
    Bytes.expect(first, "7;");
  }

  @Test
  void whatIsNoMessageEndsItsConnectionOnly() throws Exception {
    var noting = new LinkedBlockingQueue<Throwable>();
    serve(
        new Numbers(),
        new EventHandler<Long>() {
          @Override
          public void onTraffic(EventConn<Long> conn, Long message) throws Exception {
            if (message == 13) {
              throw new IllegalStateException("planted");
            }
            conn.send(message);
          }

          @Override
          public void onClose(EventConn<Long> conn, Throwable failure) {
            noting.add(failure);
          }
        });
    var good = dial();
    Bytes.send(good, "1;");
    Bytes.expect(good, "1;");
    Bytes.send(dial(), "x;");
    assertEquals("no number: x", noting.take().getMessage());
    Bytes.send(dial(), "13;");
    assertEquals("planted", noting.take().getMessage());
    Bytes.send(dial(), "1".repeat(LIMIT + 1));
    assertTrue(noting.take() instanceof FrameTooLongException);
    Bytes.send(good, "2;");
    Bytes.expect(good, "2;");
    assertEquals(3, server.metrics().failures());
  }

  @Test
  void aConnectionThatItsHandlerClosesIsClosedOnce() throws Exception {
    serve(
        Codec.lines(),
        new Noting() {
          @Override
          public void onTraffic(EventConn<ByteBuffer> conn, ByteBuffer message) throws Exception {
            conn.close();
          }
        });
    assertEquals("boot", nextCall());
    var client = dial();
    assertEquals("open", nextCall());
    Bytes.send(client, "one\ntwo\n");
    assertEquals("close", nextCall());
    server.close();
    assertEquals("shutdown", nextCall());
    assertTrue(calls.isEmpty());
  }

  @Test
  void aDormantConnectionIsClosedBeforeTheShutdown() throws Exception {
    serve(Codec.lines(), new Noting());
    var client = dial();
    Bytes.send(client, "hello\n");
    Bytes.expect(client, "hello\n");
    Fixture.await(() -> fixture.scheduler.liveTasks() == 2);
    server.close();
    for (String call : List.of("boot", "open", "traffic hello", "close", "shutdown")) {
      assertEquals(call, nextCall());
    }
  }

  @Test
  void ticksComeUntilThereIsNoNext() throws Exception {
    var ticks = new AtomicInteger();
    serve(
        Codec.lines(),
        new Noting() {
          @Override
          public Duration onTick(EventServer<ByteBuffer> server) {
            calls.add("tick");
            return ticks.incrementAndGet() < 3 ? Duration.ofMillis(1) : Duration.ZERO;
          }
        });
    for (String call : List.of("boot", "tick", "tick", "tick")) {
      assertEquals(call, nextCall());
    }
    server.close();
    assertEquals("shutdown", nextCall());
  }

  @Test
  void aTickThatFailsEndsTheTicksOnly() throws Exception {
    serve(
        Codec.lines(),
        new Noting() {
          @Override
          public Duration onTick(EventServer<ByteBuffer> server) {
            calls.add("tick");
            throw new IllegalStateException("planted");
          }
        });
    assertEquals("boot", nextCall());
    assertEquals("tick", nextCall());
    var client = dial();
    Bytes.send(client, "still here\n");
    Bytes.expect(client, "still here\n");
  }

  @Test
  void aBootThatFailsBeginsNothing() throws Exception {
    var planted = new IOException("planted");
    var failure =
        assertThrows(
            IOException.class,
            () ->
                serve(
                    Codec.lines(),
                    new Noting() {
                      @Override
                      public void onBoot(EventServer<ByteBuffer> server) throws IOException {
                        throw planted;
                      }
                    }));
    assertSame(planted, failure);
    assertNull(server);
    assertEquals(0, fixture.scheduler.liveTasks());
    assertTrue(listener.isOpen());
    assertFalse(calls.contains("shutdown"));
    listener.close();
  }
}
