package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;

/** One of the tests closes a descriptor number and must get it back. */
@Isolated
@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class EpollPollerTest {
  private static final long MILLISECOND = 1_000_000;
  private static final int BACKLOG = 4096;
  private static final int SPARE = 8;

  private EpollPoller poller;
  private SocketChannel near;
  private SocketChannel far;

  @BeforeEach
  void open() throws Exception {
    poller = new EpollPoller(NoTimers.INSTANCE, () -> {});
    connect();
  }

  @AfterEach
  void close() throws Exception {
    near.close();
    far.close();
    poller.close();
  }

  private void connect() throws Exception {
    try (var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      far = SocketChannel.open(server.getLocalAddress());
      near = server.accept();
      near.configureBlocking(false);
    }
  }

  private static void write(SocketChannel channel) throws Exception {
    channel.write(ByteBuffer.wrap(new byte[] {1}));
  }

  private static Threads<Void> reader(PollDesc desc) throws Exception {
    return Threads.start(
        () -> {
          desc.reader().await();
          return null;
        });
  }

  /** A new registration reports at once that there is room to write. */
  private PollDesc register(SocketChannel channel) throws Exception {
    var desc = poller.register(channel);
    assertEquals(1, poller.poll(-1));
    desc.reader().clear();
    return desc;
  }

  /** Its descriptor's number may be another's by that time. */
  @Test
  void aClosedPollerRegistersNothing() throws Exception {
    var closed = new EpollPoller(NoTimers.INSTANCE, () -> {});
    closed.close();
    assertThrows(IOException.class, () -> closed.register(near));
    assertFalse(closed.hasRegistrations());
  }

  @Test
  void anEventIsReportedOnce() throws Exception {
    var desc = register(near);
    assertEquals(0, poller.poll(0));
    var reader = reader(desc).awaitBlocked();
    write(far);
    assertEquals(1, poller.poll(-1));
    reader.join();
    assertEquals(0, poller.poll(0)); // the byte is still there: edge-triggered
    write(far);
    assertEquals(1, poller.poll(-1));
  }

  @Test
  void anOrdinaryEventLeavesNoMarkAndAnEndDoes() throws Exception {
    var desc = register(near);
    write(far);
    poller.poll(-1);
    assertFalse(desc.mustTryRead());
    far.shutdownOutput();
    poller.poll(-1);
    assertTrue(desc.mustTryRead());
  }

  /**
   * A descriptor that was duplicated keeps its registration after its number has been closed and
   * given away: its next event carries the number of another channel.
   */
  @Test
  void aReusedDescriptorNumberReceivesNoEventOfItsPredecessor() throws Exception {
    var first = register(near);
    int number = first.fd;
    int duplicate = call(DUP, number);
    var oldFar = far;
    var fars = new ArrayList<SocketChannel>();
    var others = new ArrayList<SocketChannel>();
    try (var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
      // A new descriptor gets the lowest free number: these take what is free below ours.
      while (fars.size() < SPARE || NioInternals.fd(fars.get(fars.size() - SPARE)) < number) {
        fars.add(SocketChannel.open(server.getLocalAddress()));
      }
      first.evict();
      first.close(() -> {});
      near = server.accept();
      while (NioInternals.fd(near) != number) { // a lower one has been freed meanwhile
        others.add(near);
        near = server.accept();
      }
      far = fars.get(others.size());
      near.configureBlocking(false);
      var second = register(near);
      var reader = reader(second).awaitBlocked();
      write(oldFar);
      assertEquals(0, poller.poll(-1)); // it comes and is dropped
      assertFalse(reader.future().isDone());
      write(far);
      assertEquals(1, poller.poll(-1));
      reader.join();
    } finally {
      call(CLOSE, duplicate);
      oldFar.close();
      for (var channel : fars) {
        channel.close();
      }
      for (var channel : others) {
        channel.close();
      }
    }
  }

  @Test
  void wakeupEndsABlockedPoll() throws Exception {
    var polling = Threads.start(Thread.ofPlatform(), () -> poller.poll(-1));
    poller.wakeup();
    assertEquals(0, polling.join());
  }

  @Test
  void wakeupsBeforeAPollEndOnePollOnly() throws Exception {
    poller.wakeup();
    poller.wakeup();
    assertEquals(0, poller.poll(-1));
    long start = System.nanoTime();
    assertEquals(0, poller.poll(5 * MILLISECOND));
    assertTrue(System.nanoTime() - start >= 5 * MILLISECOND);
  }

  @Test
  void aNonblockingPollLeavesTheWakeupToABlockingOne() throws Exception {
    poller.wakeup();
    assertEquals(0, poller.poll(0));
    assertEquals(0, poller.poll(-1)); // hangs if the wakeup was eaten
    poller.wakeup();
    assertEquals(0, poller.poll(-1)); // and the next one works
  }

  @Test
  void aTimeoutBelowAMillisecondIsWaitedForAndNotRoundedToZero() throws Exception {
    long start = System.nanoTime();
    assertEquals(0, poller.poll(200_000));
    assertTrue(System.nanoTime() - start >= 200_000);
  }

  @Test
  void knowsWhetherAnythingIsRegistered() throws Exception {
    assertFalse(poller.hasRegistrations());
    var desc = poller.register(near);
    assertTrue(poller.hasRegistrations());
    desc.evict();
    desc.close(() -> {});
    assertFalse(poller.hasRegistrations());
  }

  private static final MethodHandle DUP = intFunction("dup");
  private static final MethodHandle CLOSE = intFunction("close");

  private static int call(MethodHandle function, int argument) {
    try {
      return (int) function.invokeExact(argument);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle intFunction(String name) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }
}
