package dev.heddle.bench.tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;

/**
 * Timed waits of the JDK's: two tasks that answer each other at once, with a timeout that is never
 * reached; and many that sleep for 10 ms again and again, and so are always late by a little.
 */
final class Timed implements Program {
  private static final long TIMEOUT_SECONDS = 1;
  private static final Duration SLEEP = Duration.ofMillis(10);
  private static final long MAX_LATE_NANOS = 60_000_000_000L;

  /** Recording a time costs as much as a good part of a sleep. */
  private static final int RECORDED_ONE_IN = 16;

  private static final double NANOS_PER_MICRO = 1e3;

  private final int polls;
  private final int few;
  private final int many;
  private final Duration window;

  /**
   * A program.
   *
   * @param polls how often the two answer each other
   * @param few how many sleep, and
   * @param many how many sleep the next time
   * @param window for how long each of the crowds is watched, after as long a time to warm up
   */
  Timed(int polls, int few, int many, Duration window) {
    this.polls = polls;
    this.few = few;
    this.many = many;
    this.window = window;
  }

  @Override
  public List<Sample> run(Tasks tasks) throws InterruptedException {
    var samples = new ArrayList<Sample>();
    poll(tasks, samples);
    sleep(tasks, few, samples);
    sleep(tasks, many, samples);
    return samples;
  }

  // ---- answered at once

  private void poll(Tasks tasks, List<Sample> samples) throws InterruptedException {
    var ping = new LinkedBlockingQueue<Integer>();
    var pong = new LinkedBlockingQueue<Integer>();
    long begin = System.nanoTime();
    long cpu = cpuNanos();
    Thread one = tasks.go(() -> answer(ping, pong));
    Thread other = tasks.go(() -> answer(pong, ping));
    ping.add(0);
    one.join();
    other.join();
    double waits = 2.0 * polls;
    samples.add(new Sample("poll", (System.nanoTime() - begin) / waits, "ns"));
    samples.add(new Sample("poll-cpu", (cpuNanos() - cpu) / waits, "ns"));
  }

  private void answer(BlockingQueue<Integer> from, BlockingQueue<Integer> to) {
    try {
      for (int i = 0; i < polls; i++) {
        Integer got = from.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (got == null) {
          throw new IllegalStateException("no answer within " + TIMEOUT_SECONDS + " s");
        }
        to.add(got);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- asleep

  private void sleep(Tasks tasks, int size, List<Sample> samples) throws InterruptedException {
    var crowd = new Crowd(size);
    for (int i = 0; i < size; i++) {
      var _ = tasks.go(crowd);
    }
    Thread.sleep(window); // they start, and the JIT compiles
    crowd.begin();
    long cpu = cpuNanos();
    Thread.sleep(window);
    double used = cpuNanos() - cpu;
    long sleeps = crowd.end();
    String name = "sleep-" + size;
    samples.add(new Sample(name + "-cpu", used / sleeps, "ns"));
    samples.add(new Sample(name + "-late-p50", crowd.late(50), "us"));
    samples.add(new Sample(name + "-late-p99", crowd.late(99), "us"));
  }

  private static final class Crowd implements Tasks.Body {
    private final LongAdder sleeps = new LongAdder();
    private final AtomicHistogram late = new AtomicHistogram(MAX_LATE_NANOS, 2);
    private final CountDownLatch left;
    private volatile boolean watched;
    private volatile boolean over;

    Crowd(int size) {
      left = new CountDownLatch(size);
    }

    @Override
    public void run() {
      try {
        for (int i = 0; !over; i++) {
          long begin = System.nanoTime();
          Thread.sleep(SLEEP);
          if (watched) {
            sleeps.increment();
            if (i % RECORDED_ONE_IN == 0) {
              long took = System.nanoTime() - begin - SLEEP.toNanos();
              late.recordValue(Math.clamp(took, 0, MAX_LATE_NANOS));
            }
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        left.countDown();
      }
    }

    void begin() {
      watched = true;
    }

    /** Ends all, and returns how often they have slept. */
    long end() throws InterruptedException {
      watched = false;
      long slept = sleeps.sum();
      over = true;
      left.await();
      return slept;
    }

    double late(double percentile) {
      return late.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }
  }

  /** Processor time of this process, user and kernel, in steps of 10 ms on Linux. */
  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
