package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.Network;
import dev.heddle.netio.PollerKind;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.Timers;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class PollSideTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();
  private static final long RACE_NANOS = 1_000_000_000;
  private static final int STOP = -1;

  private Scheduler scheduler; // for its timers
  private PollDesc desc;
  private PollSide side;

  @BeforeEach
  void open() throws Exception {
    scheduler =
        Scheduler.start(
            SchedulerOptions.DEFAULT.withName("test").withProcessors(1),
            timers -> Network.openPoller(PollerKind.SELECTOR, timers));
    var poller = (SelectorPoller) scheduler.poller();
    var channel = SocketChannel.open();
    channel.configureBlocking(false);
    desc = poller.register(channel);
    side = new PollSide(desc);
  }

  @AfterEach
  void close() throws Exception {
    desc.evict();
    desc.close(() -> {});
    scheduler.close();
  }

  private Threads<Void> waiter() {
    return waiter(Thread.ofVirtual());
  }

  private Threads<Void> waiter(Thread.Builder kind) {
    return Threads.start(
        kind,
        () -> {
          side.prepare();
          side.await();
          side.prepare();
          return null;
        });
  }

  @Test
  void anEventThatCameFirstIsRememberedOnce() throws Exception {
    side.ready();
    side.ready();
    side.await();
    waiter().awaitBlocked(); // nothing is left of the second
    side.ready();
  }

  @Test
  void aSecondWaiterIsAnAssertionFailureAndTheFirstStays() throws Exception {
    var first = waiter().awaitBlocked();
    assertInstanceOf(AssertionError.class, waiter().failure());
    assertSame(first.thread(), side.waiter());
    side.ready();
    first.join();
  }

  @Test
  void anEventEndsTheWaitOfAThreadOfAnyKind() throws Exception {
    for (var kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      var waiter = waiter(kind).awaitBlocked();
      assertSame(waiter.thread(), side.waiter());
      side.ready();
      waiter.join();
      assertNull(side.waiter());
    }
  }

  @Test
  void clearForgetsARememberedEvent() throws Exception {
    side.ready();
    side.clear();
    var waiter = waiter().awaitBlocked();
    side.clear(); // leaves a waiter alone
    side.ready();
    waiter.join();
  }

  @Test
  void evictEndsAWaitAndIsNotRemembered() throws Exception {
    var waiter = waiter().awaitBlocked();
    side.evict();
    waiter.join();
    side.evict();
    waiter().awaitBlocked();
    side.ready();
  }

  @Test
  void anInterruptEndsTheWaitAndTheNextWaitWorks() throws Exception {
    var waiter = waiter().awaitBlocked();
    waiter.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, waiter.failure());
    assertNull(side.waiter());
    var next = waiter().awaitBlocked();
    side.ready();
    next.join();
  }

  @Test
  void anEventWakesASleeperOnceAndTheNextIsRemembered() {
    var woken = new AtomicInteger();
    assertTrue(side.sleep(woken::incrementAndGet));
    assertTrue(side.hasWaiter());
    side.ready();
    assertEquals(1, woken.get());
    assertFalse(side.hasWaiter());
    side.ready();
    assertEquals(1, woken.get());
    assertFalse(side.sleep(woken::incrementAndGet)); // it takes the event
    assertTrue(side.sleep(woken::incrementAndGet));
    side.evict();
    assertEquals(2, woken.get());
  }

  @Test
  void aPassedDeadlineLetsNoSleeperSleepAndALaterOneWakesIt() throws Exception {
    var woken = new Semaphore(0);
    side.setDeadline(System.nanoTime() - 1);
    assertFalse(side.sleep(woken::release));
    side.setDeadline(System.nanoTime() + 20_000_000);
    assertTrue(side.sleep(woken::release));
    woken.acquire();
    assertThrows(SocketTimeoutException.class, side::prepare);
  }

  @Test
  void aClosingChannelLetsNoSleeperSleep() {
    desc.evict();
    assertFalse(side.sleep(() -> {}));
    assertFalse(side.hasWaiter());
  }

  @Test
  void onlyASleeperIsDisturbed() throws Exception {
    var woken = new AtomicInteger();
    side.disturb();
    assertTrue(side.sleep(woken::incrementAndGet));
    side.disturb();
    assertEquals(1, woken.get());
    var waiter = waiter().awaitBlocked();
    side.disturb();
    assertSame(waiter.thread(), side.waiter());
    side.ready();
    waiter.join();
  }

  @Test
  void aStrayUnparkEndsNoWait() throws Exception {
    var waiter = waiter().awaitBlocked();
    for (int i = 0; i < 10; i++) {
      java.util.concurrent.locks.LockSupport.unpark(waiter.thread());
    }
    waiter.awaitBlocked();
    side.ready();
    waiter.join();
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // the waiter may need this thread's processor
  void noEventIsLostWhenItRacesWithTheWaiter() throws Exception {
    var seen = new AtomicInteger();
    var stop = new AtomicBoolean();
    var waiter =
        Threads.start(
            () -> {
              while (!stop.get()) {
                side.await();
                seen.incrementAndGet();
              }
              return null;
            });
    long end = System.nanoTime() + RACE_NANOS;
    for (int i = 0; System.nanoTime() < end; i++) {
      side.ready();
      while (seen.get() == i) {
        Thread.yield(); // one event, one wait: a lost one hangs here
      }
    }
    stop.set(true);
    side.ready();
    waiter.join();
  }

  // ---- closing

  @Test
  void afterClosingNoWaitBegins() throws Exception {
    desc.evict();
    side.await(); // returns; the caller looks why
    assertThrows(AsynchronousCloseException.class, side::prepare);
  }

  // ---- deadlines

  @Test
  void aDeadlineInThePastEndsPendingAndLaterWaits() throws Exception {
    var waiter = waiter().awaitBlocked();
    side.setDeadline(System.nanoTime() - 1);
    assertInstanceOf(SocketTimeoutException.class, waiter.failure());
    side.ready();
    assertThrows(SocketTimeoutException.class, side::prepare);
    assertThrows(SocketTimeoutException.class, side::prepare);
  }

  @Test
  void aClearedDeadlineRestoresService() throws Exception {
    side.setDeadline(System.nanoTime() - 1);
    side.setDeadline(Timers.NEVER);
    side.prepare();
    var waiter = waiter().awaitBlocked();
    side.ready();
    waiter.join();
  }

  @Test
  void aDeadlineFiresDuringAWaitAndNotBefore() throws Exception {
    long deadline = System.nanoTime() + Duration.ofMillis(50).toNanos();
    side.setDeadline(deadline);
    assertInstanceOf(SocketTimeoutException.class, waiter().failure());
    assertTrue(System.nanoTime() >= deadline);
  }

  @Test
  void aDeadlineMovedEarlierFiresEarlier() throws Exception {
    side.setDeadline(System.nanoTime() + HOUR);
    var waiter = waiter().awaitBlocked();
    side.setDeadline(System.nanoTime() + 1_000_000);
    assertInstanceOf(SocketTimeoutException.class, waiter.failure());
  }

  @Test
  void aDeadlineMovedLaterDoesNotFireAtTheOldTime() throws Exception {
    long first = System.nanoTime() + Duration.ofMillis(20).toNanos();
    long second = first + Duration.ofMillis(100).toNanos();
    side.setDeadline(first); // arms the timer, which fires in the middle of the wait
    side.setDeadline(second); // before the wait begins: if this comes late, nobody is cut short
    assertInstanceOf(SocketTimeoutException.class, waiter().failure());
    assertTrue(System.nanoTime() >= second);
  }

  @Test
  void theTimeoutOfAnOperationIsOverWithIt() throws Exception {
    side.setTimeout(Duration.ofMillis(20).toNanos());
    for (int i = 0; i < 3; i++) {
      side.begin();
      long end = side.deadline();
      assertInstanceOf(SocketTimeoutException.class, waiter().failure());
      assertTrue(System.nanoTime() >= end);
    }
    side.setTimeout(HOUR);
    side.begin();
    side.prepare();
    side.setTimeout(0);
    assertEquals(Timers.NEVER, side.deadline());
  }

  @Test
  void ofADeadlineAndATimeoutThatAreSetAtTheSameTimeTheEarlierCounts() throws Exception {
    long base = System.nanoTime() + HOUR;
    var round = new AtomicInteger(); // odd: both set theirs; even: this thread looks
    side.setTimeout(2 * HOUR);
    var other =
        Threads.start(
            Thread.ofPlatform(),
            () -> {
              for (int i = 1; awaitRound(round, i) != STOP; i += 2) {
                side.begin();
                round.incrementAndGet();
              }
              return null;
            });
    long end = System.nanoTime() + RACE_NANOS;
    for (int i = 1; System.nanoTime() < end; i += 2) {
      round.set(i);
      side.setDeadline(base + i);
      awaitRound(round, i + 1);
      assertEquals(base + i, side.deadline());
    }
    round.set(STOP);
    other.join();
    side.setDeadline(Timers.NEVER);
    side.setTimeout(0);
    assertEquals(Timers.NEVER, side.deadline());
  }

  private static int awaitRound(AtomicInteger round, int wanted) {
    for (; ; ) {
      int seen = round.get();
      if (seen == wanted || seen == STOP) {
        return seen;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void aDeadlineMovedOnAfterItsTimerFiredStillFires() throws Exception {
    for (int i = 0; i < 20; i++) {
      side.setDeadline(System.nanoTime() + 2_000_000);
      assertInstanceOf(SocketTimeoutException.class, waiter().failure());
    }
    side.setDeadline(Timers.NEVER);
    assertEquals(Timers.NEVER, side.deadline());
  }
}
