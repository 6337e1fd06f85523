package dev.heddle.stress;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PacketConn;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What a suite works with: the runtime under test, the clock, and the counters.
 *
 * <p>Every task is counted when it is started and when it has ended, and must end soon after the
 * run is over. Every exception that escapes a task is a violation, so a suite catches what it
 * expects. The first violation ends the run: what comes after it proves nothing.
 */
public final class Run {
  private static final long AFTER_VIOLATION_NANOS = 500_000_000;

  private final Heddle heddle;
  private final Settings settings;
  private final Wiring wiring;
  private final Tally tally;
  private final Runnable evidence; // written down before anything is torn down
  private final long mostOperations; // Long.MAX_VALUE: not in a simulation
  private final @Nullable Run parent;
  private final String prefix; // of violations: the part's name
  private final AtomicLong startNanos = new AtomicLong(System.nanoTime());
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();

  /** Set by the engine when it gives the run up: what fails from then on is no violation. */
  private volatile boolean cancelled;

  /** Set by Ctrl-C: the run is over before its time, and all checks count. */
  private volatile boolean finished;

  /** Of a runtime with carriers. */
  Run(Heddle heddle, Settings settings, Wiring wiring, Tally tally, Runnable evidence) {
    this(heddle, settings, wiring, tally, evidence, Long.MAX_VALUE, null, "");
  }

  /** Of a simulation: over after so many operations, however little time they take. */
  Run(
      Heddle heddle,
      Settings settings,
      Wiring wiring,
      Tally tally,
      Runnable evidence,
      long mostOperations) {
    this(heddle, settings, wiring, tally, evidence, mostOperations, null, "");
  }

  private Run(
      Heddle heddle,
      Settings settings,
      Wiring wiring,
      Tally tally,
      Runnable evidence,
      long mostOperations,
      @Nullable Run parent,
      String prefix) {
    this.heddle = heddle;
    this.settings = settings;
    this.wiring = wiring;
    this.tally = tally;
    this.evidence = evidence;
    this.mostOperations = mostOperations;
    this.parent = parent;
    this.prefix = prefix;
  }

  // ---- the run

  /** The runtime under test. */
  public Heddle heddle() {
    return heddle;
  }

  /** Whether this runs in a simulation, and the caller on a task. */
  public boolean isSimulated() {
    return mostOperations != Long.MAX_VALUE;
  }

  /** How many lanes the user asked for. */
  public int connections() {
    return settings.connections();
  }

  public Settings settings() {
    return settings;
  }

  /** Whether lanes should end. */
  public boolean isOver() {
    return cancelled
        || finished
        || tally.violations() > 0
        || tally.operations() >= mostOperations
        || isTimeUp()
        || (parent != null && parent.isOver());
  }

  /**
   * Not before anything is done: a busy machine may let a short run stand still for all its time,
   * and an empty run shows nothing. But it shall end some time.
   */
  private boolean isTimeUp() {
    long overtimeNanos = System.nanoTime() - startNanos.get() - settings.duration().toNanos();
    return overtimeNanos >= 0 && (tally.operations() > 0 || overtimeNanos >= patienceNanos());
  }

  /**
   * How long anything may take that must happen: the machine may let any thread stand still for a
   * while, so a check with a shorter limit finds violations that are none.
   */
  public long patienceNanos() {
    return settings.stuckAfter().toNanos();
  }

  /** Whether the end has been forced, and tasks fail because of that. */
  boolean isCancelled() {
    return cancelled || (parent != null && parent.isCancelled());
  }

  void cancel() {
    cancelled = true;
  }

  void finishEarly() {
    finished = true;
  }

  /**
   * Something did not come that was waited for: writes down what is there instead, and only then
   * reports the violation, which ends the run and sets others free. After another violation there
   * is nothing to write: a task may wait because of that.
   */
  StuckException stuck(String text) {
    if (tally.violations() == 0 && !isCancelled()) {
      evidence.run();
    }
    violation(text);
    return new StuckException(text);
  }

  /**
   * Makes what must be there before the load, such as a key or another process: neither the length
   * of the run nor the watchdog counts the time, up to {@link Engine#MAX_SET_UP_NANOS} in all.
   */
  public <T> T setUp(Callable<T> body) throws Exception {
    long beginNanos = System.nanoTime();
    tally.beginSetUp();
    try {
      return body.call();
    } finally {
      startNanos.addAndGet(System.nanoTime() - beginNanos);
      tally.endSetUp();
    }
  }

  /** Randomness that only depends on the seed and {@code salt}. */
  public SplittableRandom random(long salt) {
    return new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + salt);
  }

  /**
   * Runs a suite as a part of this run, over the same runtime and counters, with its own length and
   * size. What goes wrong is a violation of the whole.
   */
  public void play(Suite suite, Duration duration, int connections, long seed) {
    var s = settings;
    var own = new Settings(duration, connections, seed, s.processors(), s.poller(), s.stuckAfter());
    var part =
        new Run(heddle, own, wiring, tally, evidence, mostOperations, this, suite.name() + ": ");
    try {
      suite.run(part);
      part.settle();
    } catch (StuckException e) {
      // has been reported
    } catch (Throwable e) {
      part.violation("failed: " + describe(e));
    }
  }

  // ---- counting

  /** One operation that began at {@code startNanos} is done. */
  public void done(long startNanos) {
    tally.done(1);
    tally.latency(System.nanoTime() - startNanos);
  }

  /** Some operations too short to be timed one by one are done. */
  public void doneMany(long count) {
    tally.done(count);
  }

  /** Adds a latency without counting an operation. */
  public void latency(long nanos) {
    tally.latency(nanos);
  }

  /** Reports progress to the watchdog, though no operation is done yet. */
  public void alive() {
    tally.alive();
  }

  /** An error that the suite provokes or expects under load. */
  public void error(Throwable e) {
    tally.error(e.getClass().getSimpleName());
  }

  /** What must never be. */
  public void violation(String text) {
    if (!isCancelled()) {
      tally.violation(prefix + text);
    }
  }

  /** Reports a violation unless the condition holds. */
  public void check(boolean condition, String textIfNot) {
    if (!condition) {
      violation(textIfNot);
    }
  }

  /** A measured fact for the report. */
  public void note(String name, String value) {
    tally.note(name, value);
  }

  // ---- tasks

  /** Starts a task of the runtime under test. It must end soon after the run is over. */
  public Thread go(String name, ThrowingRunnable body) {
    ThrowingRunnable wired = wiring.task(body);
    started.increment();
    try {
      return heddle.go(
          name,
          () -> {
            guard(name, wired);
            ended.increment();
          });
    } catch (RuntimeException e) {
      ended.increment();
      throw e;
    }
  }

  /** The body of a task that the suite starts by other means than {@link #go}. */
  public ThrowingRunnable wired(ThrowingRunnable body) {
    return wiring.task(body);
  }

  /** Starts a part of a suite beside the caller: a thread that may wait for tasks. */
  public Thread startPart(String name, Runnable body) {
    return isSimulated() ? heddle.go(name, body::run) : Thread.ofPlatform().name(name).start(body);
  }

  /** Runs a body whose exceptions are violations. */
  void guard(String name, ThrowingRunnable body) {
    try {
      body.run();
    } catch (Throwable e) {
      violation(name + " failed: " + describe(e));
    }
  }

  /** Gives way to the other tasks: the schedule is what is under test. */
  public void giveWay() {
    wiring.giveWay();
  }

  /** A lock for tasks to contend for. */
  public Lock lock() {
    return wiring.lock();
  }

  /** Unparks a thread. */
  public void unpark(Thread thread) {
    wiring.unpark(thread);
  }

  /** Starts a task for each lane and returns when all have ended. */
  public void lanes(int count, Lane.Body body) throws InterruptedException {
    var latch = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      var lane = new Lane(i, random(i));
      go(
          "lane-" + i,
          () -> {
            try {
              body.run(lane);
            } finally {
              latch.countDown();
            }
          });
    }
    await("lanes", latch);
  }

  /**
   * Waits, on the thread of the suite, until the latch is open; once the run is over, not for long,
   * and after a violation hardly at all: a missing task may wait for what went wrong.
   */
  public void await(String what, CountDownLatch latch) throws InterruptedException {
    while (!isOver()) {
      if (latch.await(10, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    long beginNanos = System.nanoTime();
    while (!latch.await(10, TimeUnit.MILLISECONDS)) {
      long waitedNanos = System.nanoTime() - beginNanos;
      if (tally.violations() > 0 && waitedNanos > AFTER_VIOLATION_NANOS) {
        throw new StuckException(what + " are left behind");
      }
      if (waitedNanos > patienceNanos()) {
        throw stuck(latch.getCount() + " " + what + " are stuck");
      }
    }
  }

  /** Waits until all tasks have ended. */
  void settle() throws InterruptedException {
    long untilNanos = System.nanoTime() + patienceNanos();
    for (; ; ) {
      long out = ended.sum(); // first: what is started meanwhile must not look ended
      long in = started.sum();
      if (in == out) {
        return;
      }
      if (System.nanoTime() - untilNanos > 0) {
        throw stuck(in - out + " of " + in + " tasks have not ended");
      }
      Thread.sleep(1);
    }
  }

  // ---- network

  /** Listens on a free port of the loopback interface. */
  public Listener listen(ListenOptions options) throws IOException {
    return heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
  }

  /** Connects. */
  public Conn dial(SocketAddress address) throws IOException {
    return wiring.conn(heddle.dial(address));
  }

  /** Accepts. */
  public Conn accept(Listener listener) throws IOException {
    return wiring.conn(listener.accept());
  }

  /** A datagram socket on a free port of the loopback interface. */
  public PacketConn listenPacket() throws IOException {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return wiring.packetConn(heddle.listenPacket(any));
  }

  /** A datagram socket that knows its peer. */
  public PacketConn dialPacket(InetSocketAddress peer) throws IOException {
    return wiring.packetConn(heddle.dialPacket(peer));
  }

  /** What a server does with a connection. */
  @FunctionalInterface
  public interface Handler {
    void handle(Conn conn) throws Exception;
  }

  /** Listens, and starts a task with {@code handler} for each connection until it is closed. */
  public Listener serve(Handler handler) throws IOException {
    return serve(ListenOptions.DEFAULT, handler);
  }

  /** As {@link #serve(Handler)}, with options. */
  public Listener serve(ListenOptions options, Handler handler) throws IOException {
    var listener = listen(options);
    go(
        "acceptor",
        () -> {
          try {
            for (; ; ) {
              var conn = accept(listener);
              go(
                  "server",
                  () -> {
                    try (conn) {
                      handler.handle(conn);
                    }
                  });
            }
          } catch (ClosedChannelException e) {
            // the suite closed it, and is done
          }
        });
    return listener;
  }

  /** Sends back what comes, until the end of the stream. */
  public static void echo(Conn conn) throws IOException {
    var buffer = ByteBuffer.allocate(4096);
    while (conn.read(buffer.clear()) >= 0) {
      conn.write(buffer.flip());
    }
  }

  /** Reads until the buffer is full. */
  public static ByteBuffer readFully(Conn conn, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (conn.read(buffer) < 0) {
        throw new EOFException("end of stream, " + buffer.remaining() + " bytes too early");
      }
    }
    return buffer.flip();
  }

  /** Checks bytes against the stream they should be of. */
  public void verify(String where, Pattern pattern, ByteBuffer bytes) {
    long wrong = pattern.check(bytes);
    if (wrong >= 0) {
      violation(where + ": wrong byte at position " + wrong);
    }
  }

  static String describe(Throwable e) {
    var text = new StringBuilder(e.toString());
    var stack = e.getStackTrace();
    for (int i = 0; i < Math.min(4, stack.length); i++) {
      text.append(i == 0 ? " at " : " < ").append(stack[i]);
    }
    return text.toString();
  }

  /** The suite waited for something that did not come. */
  static final class StuckException extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1;

    StuckException(String message) {
      super(message);
    }
  }
}
