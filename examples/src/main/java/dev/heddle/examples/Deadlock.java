package dev.heddle.examples;

import dev.heddle.Heddle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two tasks that wait for each other's lock, to show the report of it: after some seconds in which
 * nothing moves, the log has every task with its stack and what it waits for.
 *
 * <pre>
 * ./heddle run deadlock         Ctrl-C ends it
 * </pre>
 */
final class Deadlock {
  static final String HELP = "deadlock: two tasks wait for each other, and it is reported\n";

  private final ReentrantLock knife = new ReentrantLock();
  private final ReentrantLock fork = new ReentrantLock();
  private final CountDownLatch bothHoldOne = new CountDownLatch(2);

  private Deadlock() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Deadlock::run, args));
  }

  static void run(Options options) {
    var table = new Deadlock();
    var builder = Heddle.builder().deadlockReport(true).grace(Duration.ofMillis(100));
    try (var heddle = options.start(builder)) {
      heddle.go("anna", () -> table.eat(table.knife, table.fork));
      heddle.go("ben", () -> table.eat(table.fork, table.knife));
      heddle.awaitShutdown();
    }
  }

  private void eat(ReentrantLock first, ReentrantLock second) {
    first.lock();
    try {
      bothHoldOne.countDown();
      bothHoldOne.await();
      second.lockInterruptibly(); // for ever: the other task holds it, and waits for ours
    } catch (InterruptedException e) {
      // Ctrl-C
    } finally {
      first.unlock();
    }
  }
}
