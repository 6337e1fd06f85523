package dev.heddle.simulation;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/** Calls of the JDK that a simulation has something to say about, each as a body. */
@SuppressWarnings({
  "AddressSelection",
  "FutureReturnValueIgnored",
  "ImmutableEnumChecker",
  "LockNotBeforeTry",
  "ThreadPriorityCheck",
  "WaitNotInLoop"
}) // each call as it is, in a simulation, where nothing is spurious
final class JdkCalls {
  private JdkCalls() {}

  /** What a call waits at most. */
  static final Duration TIMEOUT = Duration.ofHours(1);

  private static final long HOUR = TIMEOUT.toMillis();
  private static final TimeUnit UNIT = TimeUnit.MILLISECONDS;

  /** A call that waits with a timeout, in vain. */
  enum Wait {
    SLEEP(_ -> Thread.sleep(HOUR)),
    TIME_UNIT_SLEEP(_ -> UNIT.sleep(HOUR)),
    PARK(_ -> LockSupport.parkNanos(TIMEOUT.toNanos())),
    PARK_UNTIL(_ -> LockSupport.parkUntil(System.currentTimeMillis() + HOUR)),
    OBJECT_WAIT(_ -> waitFor(new Object())),
    QUEUE(_ -> isNull(new LinkedBlockingQueue<String>().poll(HOUR, UNIT))),
    ARRAY_QUEUE(_ -> isNull(new ArrayBlockingQueue<String>(1).poll(HOUR, UNIT))),
    SYNCHRONOUS_QUEUE(_ -> isNull(new SynchronousQueue<String>().poll(HOUR, UNIT))),
    SYNCHRONOUS_OFFER(_ -> isFalse(new SynchronousQueue<String>().offer("", HOUR, UNIT))),
    TRANSFER_QUEUE(_ -> isNull(new LinkedTransferQueue<String>().poll(HOUR, UNIT))),
    LOCK(JdkCalls::tryLock),
    STAMPED_LOCK(JdkCalls::tryStampedLock),
    CONDITION(_ -> awaitCondition(new ReentrantLock())),
    LATCH(_ -> isFalse(new CountDownLatch(1).await(HOUR, UNIT))),
    SEMAPHORE(_ -> isFalse(new Semaphore(0).tryAcquire(HOUR, UNIT))),
    BARRIER(_ -> timesOut(() -> new CyclicBarrier(2).await(HOUR, UNIT))),
    PHASER(_ -> timesOut(() -> new Phaser(1).awaitAdvanceInterruptibly(0, HOUR, UNIT))),
    EXCHANGER(_ -> timesOut(() -> new Exchanger<String>().exchange("", HOUR, UNIT))),
    FUTURE(_ -> timesOut(() -> new CompletableFuture<String>().get(HOUR, UNIT))),
    FUTURE_TASK(_ -> timesOut(() -> new FutureTask<>(() -> "").get(HOUR, UNIT))),
    JOIN(sim -> isFalse(sim.go("other", () -> new CountDownLatch(1).await()).join(TIMEOUT))),
    SPIN(_ -> spin(Duration.ofMillis(5))),
    YIELD_LOOP(_ -> yieldFor(Duration.ofMillis(5)));

    private final Simulation.Body body;

    Wait(Simulation.Body body) {
      this.body = body;
    }

    void run(Simulation sim) throws Exception {
      body.run(sim);
    }

    /** How much time passes in it. */
    Duration takes() {
      return this == SPIN || this == YIELD_LOOP ? Duration.ofMillis(5) : TIMEOUT;
    }
  }

  /** Something that no seed can repeat. */
  enum Outside {
    SOCKET("real socket", _ -> new Socket("127.0.0.1", 9).close()),
    SERVER_SOCKET("real server socket", _ -> new ServerSocket(0).close()),
    DATAGRAM_SOCKET("real socket", _ -> new DatagramSocket().close()),
    CHANNEL("real socket", _ -> SocketChannel.open().close()),
    SERVER_CHANNEL("real server socket", _ -> ServerSocketChannel.open().close()),
    DATAGRAM_CHANNEL("real socket", _ -> DatagramChannel.open().close()),
    PROCESS("a process", _ -> new ProcessBuilder("true").start().waitFor()),
    TIMER("timer of the JDK's", _ -> new Timer(true).schedule(nothing(), 1)),
    OR_TIMEOUT("delay of the JDK's", _ -> new CompletableFuture<>().orTimeout(1, UNIT).join()),
    POOL("starts or wakes the task", _ -> onPool());

    final String named;
    private final Simulation.Body body;

    Outside(String named, Simulation.Body body) {
      this.named = named;
      this.body = body;
    }

    void run(Simulation sim) throws Exception {
      body.run(sim);
    }
  }

  // ---- what they do

  private interface Timed {
    void run() throws Exception;
  }

  private static void timesOut(Timed call) throws Exception {
    try {
      call.run();
    } catch (TimeoutException e) {
      return;
    }
    throw new AssertionError("no timeout");
  }

  private static void isNull(Object result) {
    if (result != null) {
      throw new AssertionError(result);
    }
  }

  private static void isFalse(boolean result) {
    if (result) {
      throw new AssertionError("true");
    }
  }

  private static void waitFor(Object monitor) throws InterruptedException {
    synchronized (monitor) {
      monitor.wait(HOUR);
    }
  }

  private static void awaitCondition(ReentrantLock lock) throws InterruptedException {
    lock.lock();
    isFalse(lock.newCondition().await(HOUR, UNIT));
    lock.unlock();
  }

  private static void tryLock(Simulation sim) throws InterruptedException {
    var lock = new ReentrantLock();
    lock.lock();
    sim.go("other", () -> isFalse(lock.tryLock(HOUR, UNIT))).join();
    lock.unlock();
  }

  private static void tryStampedLock(Simulation sim) throws InterruptedException {
    var lock = new StampedLock();
    long stamp = lock.writeLock();
    sim.go("other", () -> isFalse(lock.tryReadLock(HOUR, UNIT) != 0)).join();
    lock.unlockWrite(stamp);
  }

  private static void spin(Duration time) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      Thread.onSpinWait();
    }
  }

  private static void yieldFor(Duration time) {
    Instant end = Instant.now().plus(time);
    while (Instant.now().isBefore(end)) {
      Thread.yield();
    }
  }

  private static TimerTask nothing() {
    return new TimerTask() {
      @Override
      public void run() {}
    };
  }

  private static void onPool() throws Exception {
    try (var pool = Executors.newFixedThreadPool(1)) {
      pool.submit(() -> LockSupport.parkNanos(50_000_000)).get();
    }
  }

  /** Runs one in a JVM of its own, and prints what came of it. */
  public static void main(String[] args) throws IOException {
    Wait wait = Wait.valueOf(args[0]);
    Outcome outcome = Simulation.attempt(1, SimulationOptions.DEFAULT, wait::run);
    System.out.println(outcome.time() + " " + outcome.failure());
  }
}
