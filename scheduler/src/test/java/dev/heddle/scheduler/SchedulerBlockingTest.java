package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever blocks a thread in the JDK blocks and wakes a task, and frees its carrier meanwhile. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
final class SchedulerBlockingTest {
  private static final String NAME = "blocking-test";

  @Parameter int processors;
  private Scheduler scheduler;

  private interface Body {
    void run() throws Exception;
  }

  @BeforeEach
  void start() {
    var options =
        SchedulerOptions.DEFAULT
            .withName(NAME)
            .withProcessors(processors)
            .withLocalQueueCapacity(4);
    scheduler = Scheduler.start(options, Poller.none());
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private Thread task(Body body) {
    return scheduler.spawn(
        null,
        () -> {
          try {
            body.run();
          } catch (Throwable e) {
            failures.add(e);
          }
        });
  }

  /** Runs the bodies as tasks, all at once, to their end. */
  private void all(List<Body> bodies) {
    List<Thread> threads = bodies.stream().map(this::task).toList();
    threads.forEach(Waits::join);
    assertNothingFailed();
  }

  private void all(Body... bodies) {
    all(List.of(bodies));
  }

  private void many(int count, Body body) {
    all(java.util.Collections.nCopies(count, body));
  }

  private void assertNothingFailed() {
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " tasks failed", failures.peek());
    }
  }

  private static void untilItWaits(Thread thread) {
    Waits.until(
        "it waits",
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
  }

  // ---- locks and monitors

  @Test
  void aReentrantLockExcludes() {
    var lock = new ReentrantLock();
    var counter = new int[1];
    many(
        50,
        () -> {
          for (int i = 0; i < 200; i++) {
            lock.lock();
            try {
              int seen = counter[0];
              if (i % 10 == 0) {
                Thread.sleep(0, 1000); // unmounts while it holds the lock
              }
              counter[0] = seen + 1;
            } finally {
              lock.unlock();
            }
          }
        });
    assertEquals(10_000, counter[0]);
  }

  @Test
  void aMonitorExcludesAlsoWhenItsOwnerSleeps() {
    var monitor = new Object();
    var counter = new int[1];
    many(
        50,
        () -> {
          for (int i = 0; i < 200; i++) {
            synchronized (monitor) {
              int seen = counter[0];
              if (i % 10 == 0) {
                Thread.sleep(0, 1000);
              }
              counter[0] = seen + 1;
            }
          }
        });
    assertEquals(10_000, counter[0]);
  }

  @Test
  void waitAndNotifyPassTheTurnAround() {
    int players = 8;
    var monitor = new Object();
    var turn = new int[1];
    var bodies = new ArrayList<Body>();
    for (int p = 0; p < players; p++) {
      int me = p;
      bodies.add(
          () -> {
            for (int i = 0; i < 300; i++) {
              synchronized (monitor) {
                while (turn[0] % players != me) {
                  monitor.wait();
                }
                turn[0]++;
                monitor.notifyAll();
              }
            }
          });
    }
    all(bodies);
    assertEquals(players * 300, turn[0]);
  }

  @Test
  void aTimedWaitEndsByItself() {
    all(
        () -> {
          var monitor = new Object();
          long start = System.nanoTime();
          synchronized (monitor) {
            while (System.nanoTime() - start < 20_000_000) {
              monitor.wait(20);
            }
          }
        });
  }

  @Test
  void aTimedWaitThatIsNotifiedDoesNotWaitForItsTime() {
    var monitor = new Object();
    var notified = new AtomicBoolean();
    Thread waiting =
        task(
            () -> {
              synchronized (monitor) {
                while (!notified.get()) {
                  monitor.wait(Duration.ofDays(1).toMillis());
                }
              }
            });
    untilItWaits(waiting);
    all(
        () -> {
          synchronized (monitor) {
            notified.set(true);
            monitor.notifyAll();
          }
        });
    Waits.join(waiting);
    assertNothingFailed();
  }

  @Test
  void aConditionIsSignalled() {
    var lock = new ReentrantLock();
    var changed = lock.newCondition();
    var value = new int[1];
    Body consumer =
        () -> {
          for (int i = 0; i < 500; i++) {
            lock.lock();
            try {
              while (value[0] == 0) {
                assertTrue(changed.await(60, TimeUnit.SECONDS));
              }
              value[0]--;
            } finally {
              lock.unlock();
            }
          }
        };
    Body producer =
        () -> {
          for (int i = 0; i < 1000; i++) {
            lock.lock();
            try {
              value[0]++;
              changed.signal();
            } finally {
              lock.unlock();
            }
          }
        };
    all(consumer, producer, consumer);
    assertEquals(0, value[0]);
  }

  // ---- queues and other synchronizers

  @Test
  void blockingQueuesPassEverythingOnInOrder() {
    var queue = new ArrayBlockingQueue<Integer>(3);
    var rendezvous = new SynchronousQueue<Integer>();
    all(
        () -> {
          for (int i = 0; i < 3_000; i++) {
            queue.put(i);
          }
        },
        () -> {
          for (int i = 0; i < 3_000; i++) {
            rendezvous.put(queue.take());
          }
        },
        () -> {
          for (int i = 0; i < 3_000; i++) {
            assertEquals(i, rendezvous.take());
          }
        });
  }

  @Test
  void aSemaphoreBoundsHowManyAreInside() {
    var permits = new Semaphore(3);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    many(
        100,
        () -> {
          permits.acquire();
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.sleep(0, 100_000);
          inside.decrementAndGet();
          permits.release();
        });
    assertEquals(3, most.get());
  }

  @Test
  void barriersLatchesAndExchangersMeet() {
    var barrier = new CyclicBarrier(10);
    var latch = new CountDownLatch(10);
    many(
        10,
        () -> {
          for (int i = 0; i < 100; i++) {
            barrier.await(60, TimeUnit.SECONDS);
          }
          latch.countDown();
          Waits.await(latch);
        });
    var exchanger = new Exchanger<String>();
    all(
        () -> assertEquals("b", exchanger.exchange("a", 60, TimeUnit.SECONDS)),
        () -> assertEquals("a", exchanger.exchange("b", 60, TimeUnit.SECONDS)));
  }

  @Test
  void completableFuturesAreJoined() {
    var future = new CompletableFuture<String>();
    all(
        () -> assertEquals("done!", future.thenApply(s -> s + "!").join()),
        () -> assertEquals("done", future.get()),
        () -> {
          Thread.sleep(2);
          future.complete("done");
        },
        () -> assertEquals(7, CompletableFuture.supplyAsync(() -> 7).join()));
  }

  @Test
  void tasksAreJoined() {
    all(
        () -> {
          Thread inner = scheduler.spawn(null, () -> LockSupport.parkNanos(5_000_000));
          inner.join();
          assertFalse(inner.isAlive());
        });
  }

  // ---- time

  @Test
  void aSleepTakesAtLeastItsTime() {
    all(
        () -> {
          for (int millis : new int[] {0, 1, 5, 20}) {
            long start = System.nanoTime();
            Thread.sleep(millis);
            assertTrue(System.nanoTime() - start >= millis * 1_000_000L);
          }
        });
  }

  @Test
  void manySleepAtTheSameTime() {
    long start = System.nanoTime();
    many(1_000, () -> Thread.sleep(50));
    assertTrue(
        System.nanoTime() - start < TimeUnit.SECONDS.toNanos(25), "not one after the other: 50 s");
  }

  // ---- interrupts

  @Test
  void anInterruptEndsEveryKindOfWait() {
    List<Body> waits =
        List.of(
            () -> Thread.sleep(Duration.ofDays(1)),
            () -> new Semaphore(0).acquire(),
            () -> new ArrayBlockingQueue<Integer>(1).take(),
            () -> new CountDownLatch(1).await(),
            () -> new CompletableFuture<Integer>().get(),
            this::waitForEver);
    for (Body wait : waits) {
      var thrown = new CompletableFuture<Boolean>();
      Thread waiting =
          task(
              () -> {
                try {
                  wait.run();
                } catch (InterruptedException e) {
                  thrown.complete(!Thread.currentThread().isInterrupted());
                }
              });
      untilItWaits(waiting);
      waiting.interrupt();
      assertTrue(thrown.orTimeout(60, TimeUnit.SECONDS).join());
      Waits.join(waiting);
    }
    assertNothingFailed();
  }

  @SuppressWarnings("WaitNotInLoop")
  private void waitForEver() throws InterruptedException {
    var monitor = new Object();
    synchronized (monitor) {
      monitor.wait();
    }
  }

  @Test
  void anInterruptEndsAParkAndStaysSet() {
    var set = new AtomicBoolean();
    Thread parked =
        task(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
              }
              set.set(true);
            });
    untilItWaits(parked);
    parked.interrupt();
    Waits.join(parked);
    assertTrue(set.get());
  }

  @Test
  void anInterruptOfOneTaskNeverHitsTheNextOnItsCarrier() {
    for (int i = 0; i < 200; i++) {
      Thread interrupted =
          task(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  Thread.onSpinWait();
                }
              });
      interrupted.interrupt();
      var clean = new AtomicBoolean();
      Thread next = task(() -> clean.set(!Thread.currentThread().isInterrupted()));
      Waits.join(interrupted);
      Waits.join(next);
      assertTrue(clean.get());
    }
  }

  // ---- what belongs to a thread

  @Test
  void threadLocalsBelongToTheTaskNotToItsCarrier() {
    var local = ThreadLocal.withInitial(() -> -1);
    var inherited = new InheritableThreadLocal<String>();
    var scoped = ScopedValue.<String>newInstance();
    var bodies = new ArrayList<Body>();
    for (int i = 0; i < 100; i++) {
      int value = i;
      bodies.add(
          () -> {
            assertEquals(-1, local.get());
            local.set(value);
            inherited.set("parent " + value);
            for (int n = 0; n < 10; n++) {
              Thread.sleep(0, 1000);
              assertEquals(value, local.get());
            }
            var child = new CompletableFuture<String>();
            Thread.startVirtualThread(() -> child.complete(local.get() + inherited.get()));
            assertEquals("-1parent " + value, child.get());
            ScopedValue.where(scoped, "s" + value)
                .run(
                    () -> {
                      LockSupport.parkNanos(1000);
                      assertEquals("s" + value, scoped.get());
                    });
            assertFalse(scoped.isBound());
          });
    }
    all(bodies);
  }

  // ---- sockets and files of the JDK

  @Test
  void javaNetSocketsBlockOnlyTheirTask() throws IOException {
    echoOverJdkSockets();
  }

  private void echoOverJdkSockets() throws IOException {
    int clients = 40;
    try (var server = new ServerSocket(0, clients, InetAddress.getLoopbackAddress())) {
      var bodies = new ArrayList<Body>();
      bodies.add(
          () -> {
            for (int i = 0; i < clients; i++) {
              Socket accepted = server.accept();
              task(() -> echo(accepted));
            }
          });
      for (int i = 0; i < clients; i++) {
        int seed = i;
        bodies.add(() -> talk(server.getLocalPort(), seed));
      }
      all(bodies);
    }
    Waits.until("the echoes have ended", () -> scheduler.liveTasks() == 0);
    assertNothingFailed();
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static void talk(int port, int seed) throws IOException {
    var random = new Random(seed);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      for (int i = 0; i < 20; i++) {
        var sent = new byte[1 + random.nextInt(2000)];
        random.nextBytes(sent);
        socket.getOutputStream().write(sent);
        assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
      }
    }
  }

  @Test
  void aReadTimeoutOfAJdkSocketEndsTheRead() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      all(
          () -> {
            try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
              socket.setSoTimeout(20);
              assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
            }
          });
    }
  }

  @Test
  void jdkSocketsOfOthersGoOnWorkingAfterASchedulerThatUsedSomeHasClosed() throws IOException {
    echoOverJdkSockets();
    scheduler.close();
    start();
    echoOverJdkSockets();
  }

  @Test
  void filesAreWrittenAndReadInTasks(@TempDir Path folder) {
    var bodies = new ArrayList<Body>();
    for (int i = 0; i < 50; i++) {
      Path file = folder.resolve("f" + i);
      int seed = i;
      bodies.add(
          () -> {
            var bytes = new byte[50_000];
            new Random(seed).nextBytes(bytes);
            Files.write(file, bytes);
            Thread.sleep(0, 1000);
            assertArrayEquals(bytes, Files.readAllBytes(file));
          });
    }
    all(bodies);
  }
}
