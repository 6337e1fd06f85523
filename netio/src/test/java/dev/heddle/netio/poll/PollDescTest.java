package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.FaultySocketChannel;
import dev.heddle.netio.errno.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PollDescTest {
  private final SelectorPoller poller;
  private PollDesc desc;

  PollDescTest() throws Exception {
    poller = new SelectorPoller(NoTimers.INSTANCE);
  }

  @BeforeEach
  void open() throws Exception {
    var channel = SocketChannel.open();
    channel.configureBlocking(false);
    desc = poller.register(channel);
  }

  @AfterEach
  void close() throws Exception {
    desc.evict();
    desc.close(() -> {});
    poller.close();
  }

  private Threads<Void> reader() {
    return Threads.start(
        () -> {
          desc.reader().prepare();
          desc.reader().await();
          desc.reader().prepare();
          return null;
        });
  }

  private Threads<Void> writer() {
    return Threads.start(
        () -> {
          desc.writer().prepare();
          desc.writer().await();
          desc.writer().prepare();
          return null;
        });
  }

  @Test
  void lookingAheadLeavesEverythingAsItIs() throws Exception {
    var prefetch = new EventPrefetch();
    prefetch.load(desc);
    assertEquals(0, prefetch.sum, "nothing is known");
    desc.operatesOn(prefetch, prefetch, this);
    prefetch.load(desc);
    assertEquals(2, prefetch.sum, "each object that an operation needs is looked at");
    var reader = reader().awaitBlocked();
    prefetch.load(desc);
    reader.awaitBlocked();
    desc.ready(true, false, false);
    reader.join();
  }

  @Test
  void theDirectionsAreIndependent() throws Exception {
    var reader = reader().awaitBlocked();
    var writer = writer().awaitBlocked();
    desc.ready(false, true, false);
    writer.join();
    reader.awaitBlocked();
    desc.ready(true, false, false);
    reader.join();
  }

  @Test
  void anEndOrErrorMarkStays() throws Exception {
    desc.ready(true, false, false);
    assertFalse(desc.mustTryRead());
    desc.ready(true, true, true);
    assertTrue(desc.mustTryRead());
    desc.reader().clear();
    desc.ready(true, false, false);
    assertTrue(desc.mustTryRead());
  }

  @Test
  void evictFailsPendingAndLaterOperationsOfBothDirections() throws Exception {
    var reader = reader().awaitBlocked();
    var writer = writer().awaitBlocked();
    desc.evict();
    assertInstanceOf(AsynchronousCloseException.class, reader.failure());
    assertInstanceOf(AsynchronousCloseException.class, writer.failure());
    assertThrows(AsynchronousCloseException.class, desc.reader()::prepare);
    assertThrows(AsynchronousCloseException.class, desc.writer()::prepare);
  }

  /** Closing first, waiter second, or the other way round: one always sees the other. */
  @Test
  void aWaitThatRacesWithEvictAlwaysEnds() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      var racing = desc;
      var reader =
          Threads.start(
              () -> {
                racing.reader().await();
                return null;
              });
      racing.evict();
      reader.join();
      racing.close(() -> {});
      poller.poll(0); // releases the descriptor
      open();
    }
  }

  @Test
  void aCloseThatFailsIsLoggedWithOperationAndAddresses() throws Exception {
    PrintStream before = System.err;
    var bytes = new ByteArrayOutputStream();
    var released = new AtomicInteger();
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (var listener = ServerSocketChannel.open().bind(anyPort)) {
      var channel = new FaultySocketChannel(SocketChannel.open(listener.getLocalAddress()));
      channel.fail(new IOException(Errno.EIO.words()));
      System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      new PollDesc(poller, LateChannel.of(channel, 0), 0).closeChannel(released::incrementAndGet);
    } finally {
      System.setErr(before);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(
        text.matches("(?s).*WARN.* close 127.0.0.1:\\d+ -> 127.0.0.1:\\d+: Input/output error.*"),
        text);
    assertEquals(1, released.get());
  }
}
