package dev.heddle.scheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.testing.Waits;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PrefetchTest {
  @BeforeAll
  static void requireAccess() {
    VirtualThreads.requireAccess();
  }

  @Test
  void ofAPlatformThreadThereIsNothing() {
    assertEquals(0, Prefetch.ofThread(Thread.currentThread()));
  }

  /** What it looks at may be missing or change: a thread in each state, as the poller meets it. */
  @Test
  void aThreadMayBeLookedAtInEveryState() {
    var submitted = new LinkedBlockingQueue<Runnable>();
    var goOn = new AtomicBoolean();
    Thread thread =
        VirtualThreads.newThread(
            submitted::add,
            null,
            () -> {
              Prefetch.ofThread(Thread.currentThread());
              while (!goOn.get()) {
                LockSupport.park();
              }
            });
    assertEquals(0, Prefetch.ofThread(thread), "no frames yet");
    thread.start();
    Waits.take(submitted).run();
    Prefetch.ofThread(thread);
    assertEquals(Thread.State.WAITING, thread.getState(), "it is still parked");
    goOn.set(true);
    LockSupport.unpark(thread);
    Prefetch.ofThread(thread);
    Waits.take(submitted).run();
    Prefetch.ofThread(thread);
    assertEquals(Thread.State.TERMINATED, thread.getState());
  }

  @Test
  void anybodysVirtualThreadWillDo() throws Exception {
    Thread stock = Thread.startVirtualThread(LockSupport::park);
    Waits.until("it is parked", () -> stock.getState() == Thread.State.WAITING);
    Prefetch.ofThread(stock);
    assertEquals(Thread.State.WAITING, stock.getState());
    LockSupport.unpark(stock);
    stock.join();
  }
}
