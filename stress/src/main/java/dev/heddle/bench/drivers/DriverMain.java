package dev.heddle.bench.drivers;

import dev.heddle.Heddle;
import dev.heddle.bench.tasks.Sample;
import dev.heddle.bench.tasks.Tasks;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/**
 * The JVM whose tasks use a driver: {@code DRIVER PORT SCHEDULER PROCESSORS TASKS WARMUP-MILLIS
 * WINDOW-MILLIS}. It prints each figure as {@code sample WHAT VALUE UNIT}: processor time of this
 * process for each request, and the time from one answer to the next.
 */
public final class DriverMain {
  private static final int LONGEST_WARMUP = 5;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final double CALM_JIT = 0.05; // of one processor

  private DriverMain() {}

  /** Measures once. */
  public static void main(String[] args) throws InterruptedException {
    var driver = Driver.valueOf(args[0].toUpperCase(Locale.ROOT));
    if (args[2].equals(Tasks.HEDDLE)) {
      Heddle.installSockets();
    }
    var tasks = Tasks.open(args[2], Integer.parseInt(args[3]));
    var pool = driver.open(tasks, Integer.parseInt(args[1]));
    var crowd = new Crowd(pool, Integer.parseInt(args[4]));
    crowd.start(tasks);
    warmUp(Duration.ofMillis(Long.parseLong(args[5])));

    long requests = crowd.requests.sum();
    long begin = System.nanoTime();
    long cpu = cpuNanos();
    Thread.sleep(Duration.ofMillis(Long.parseLong(args[6])));
    double answered = crowd.requests.sum() - requests;
    double used = cpuNanos() - cpu;
    double passed = System.nanoTime() - begin;

    crowd.end();
    pool.close();
    tasks.close();
    System.out.println("sample " + new Sample(driver + "-cpu", used / answered, "ns").toLine());
    System.out.println("sample " + new Sample(driver + "-time", passed / answered, "ns").toLine());
    System.exit(0);
  }

  /**
   * Until the JIT has little to do, which on a busy machine takes long: else what is measured is
   * the compiler. At least so long, and at most {@link #LONGEST_WARMUP} times as long.
   */
  private static void warmUp(Duration least) throws InterruptedException {
    var jit = ManagementFactory.getCompilationMXBean();
    long begin = System.nanoTime();
    Thread.sleep(least);
    long compiled = jit.getTotalCompilationTime();
    while (System.nanoTime() - begin < LONGEST_WARMUP * least.toNanos()) {
      Thread.sleep(LOOK);
      long before = compiled;
      compiled = jit.getTotalCompilationTime();
      if (compiled - before < LOOK.toMillis() * CALM_JIT) {
        break;
      }
    }
  }

  /** Tasks that send one request after the other. */
  private static final class Crowd implements Tasks.Body {
    final LongAdder requests = new LongAdder();
    private final Driver.Pool pool;
    private final int size;
    private final CountDownLatch left;
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    Crowd(Driver.Pool pool, int size) {
      this.pool = pool;
      this.size = size;
      this.left = new CountDownLatch(size);
    }

    void start(Tasks tasks) {
      for (int i = 0; i < size; i++) {
        var _ = tasks.go(this);
      }
    }

    @Override
    public void run() {
      try {
        for (int i = 0; !over; i++) {
          pool.request(i);
          requests.increment();
        }
      } catch (Throwable e) {
        failures.add(e);
      } finally {
        left.countDown();
      }
    }

    void end() throws InterruptedException {
      over = true;
      left.await();
      Throwable failure = failures.peek();
      if (failure != null) {
        throw new IllegalStateException(failures.size() + " tasks have failed", failure);
      }
    }
  }

  /** Processor time of this process, user and kernel, in steps of 10 ms on Linux. */
  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
