package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Runs alone: a process that is being started by another test has copies of all descriptors until
 * it runs its program, and with them the port of a listener that was closed here.
 */
@Isolated
@Timeout(60)
final class SelectorPollerTest {
  private static final long MILLISECOND = 1_000_000;

  private SelectorPoller poller;
  private SocketChannel near;
  private SocketChannel far;
  private PollDesc desc;

  @BeforeEach
  void open() throws Exception {
    poller = new SelectorPoller(NoTimers.INSTANCE);
    try (var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      far = SocketChannel.open(server.getLocalAddress());
      near = server.accept();
      near.configureBlocking(false);
    }
    desc = poller.register(near);
  }

  @AfterEach
  void close() throws Exception {
    far.close();
    near.close();
    poller.close();
  }

  private void write() throws Exception {
    far.write(ByteBuffer.wrap(new byte[] {1}));
  }

  private Threads<Void> reader() throws Exception {
    return Threads.start(
        () -> {
          desc.reader().await();
          return null;
        });
  }

  /** A new waiter ends a blocked poll, without an event. */
  private int pollUntilEvent() {
    int events = 0;
    while (events == 0) {
      events = poller.poll(-1);
    }
    return events;
  }

  @Test
  void nobodyWaitsSoNothingIsWatched() throws Exception {
    write();
    assertEquals(0, poller.poll(0));
  }

  @Test
  void anEventEndsAWaitAndIsNotWatchedAnyMore() throws Exception {
    var reader = reader().awaitBlocked();
    write();
    assertEquals(1, poller.poll(-1));
    reader.join();
    assertEquals(0, poller.poll(0)); // the byte is still there
    reader = reader(); // level-triggered: the next wait sees it again
    assertEquals(1, pollUntilEvent());
    reader.join();
  }

  @Test
  void aSelectThatIsBlockedAlreadyTakesNoticeOfANewWaiter() throws Exception {
    write();
    var polling = Threads.start(Thread.ofPlatform(), this::pollUntilEvent);
    var reader = reader();
    assertEquals(1, polling.join());
    reader.join();
  }

  @Test
  void roomToWriteEndsAWritersWait() throws Exception {
    var writer =
        Threads.start(
            () -> {
              desc.writer().await();
              return null;
            });
    assertEquals(1, pollUntilEvent());
    writer.join();
  }

  @Test
  void wakeupEndsABlockedPollOrTheNextOne() throws Exception {
    var polling = Threads.start(Thread.ofPlatform(), () -> poller.poll(-1));
    poller.wakeup();
    assertEquals(0, polling.join());
    poller.wakeup();
    assertEquals(0, poller.poll(-1));
  }

  @Test
  void aTimeoutEndsAPoll() {
    long start = System.nanoTime();
    assertEquals(0, poller.poll(5 * MILLISECOND));
    assertTrue(System.nanoTime() - start >= 4 * MILLISECOND); // a Selector counts in milliseconds
  }

  @Test
  void aClosedChannelIsReleasedByTheNextPoll() throws Exception {
    assertTrue(poller.hasRegistrations());
    desc.evict();
    desc.close(() -> {});
    poller.poll(0);
    assertFalse(poller.hasRegistrations());
    assertEquals(-1, far.read(ByteBuffer.allocate(1)));
  }

  @Test
  void aPeerWhoseBytesAreNotReadSeesAResetAndNoEndBefore() throws Exception {
    write();
    desc.evict();
    desc.close(() -> {});
    poller.poll(0);
    assertThrows(SocketException.class, () -> far.read(ByteBuffer.allocate(1)));
  }

  @Test
  void closingIsDoneWhenTheSystemHasTheDescriptorBack() throws Exception {
    var server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var address = server.getLocalAddress();
    server.configureBlocking(false);
    PollDesc listening = poller.register(server);
    poller.poll(0);
    var refused = new CompletableFuture<Boolean>();
    listening.evict();
    listening.close(() -> refused.complete(isRefused(address)));
    assertFalse(refused.isDone()); // the selector still knows it
    assertEquals(0, poller.poll(-1)); // and does not block with it
    assertTrue(refused.get());
  }

  private static boolean isRefused(SocketAddress address) {
    try (var _ = SocketChannel.open(address)) {
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A task that left its carrier while it makes the others' wakeups may not come back to one. */
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // the schedule is what is tested
  void aTaskStaysOnItsCarrierWhileItWakes() throws Exception {
    var othersRun = new AtomicInteger();
    var othersRunBefore = new AtomicInteger(-1);
    var woken =
        new SelectorPoller(
            NoTimers.INSTANCE,
            new WakingSelector(
                () -> {
                  Thread.yield();
                  othersRunBefore.set(othersRun.get());
                }));
    var options = SchedulerOptions.DEFAULT.withProcessors(1).withMaxSpareCarriers(0);
    var scheduler = Scheduler.start(options, poller);
    try {
      var other = new CompletableFuture<Thread>();
      scheduler.spawn(
          "waker",
          () -> {
            other.complete(scheduler.spawn("other", othersRun::incrementAndGet));
            woken.wakeup();
          });
      other.get().join();
    } finally {
      scheduler.close();
    }
    assertEquals(0, othersRunBefore.get());
  }

  /** Only does something when it is woken. */
  private static final class WakingSelector extends Selector {
    private final Runnable whenWoken;

    WakingSelector(Runnable whenWoken) {
      this.whenWoken = whenWoken;
    }

    @Override
    public Selector wakeup() {
      whenWoken.run();
      return this;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public SelectorProvider provider() {
      return SelectorProvider.provider();
    }

    @Override
    public Set<SelectionKey> keys() {
      return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
      return Set.of();
    }

    @Override
    public int selectNow() {
      return 0;
    }

    @Override
    public int select(long timeout) {
      return 0;
    }

    @Override
    public int select() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
