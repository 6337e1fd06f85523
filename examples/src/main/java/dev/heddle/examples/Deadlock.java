package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.cli.DumpSignal;
import dev.heddle.cli.Interrupt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import picocli.CommandLine.Command;

/**
 * Two tasks that wait for each other's lock, to show the report of it: after some seconds in which
 * nothing moves, every task with what it waits for and its stack.
 *
 * <p>Run {@code ./heddle run deadlock}; Ctrl-C ends it.
 */
@Command(name = "deadlock", description = "two tasks wait for each other, and it is reported")
final class Deadlock implements Callable<Integer> {
  private final ReentrantLock knife = new ReentrantLock();
  private final ReentrantLock fork = new ReentrantLock();
  private final CountDownLatch bothHoldOne = new CountDownLatch(2);

  @Override
  public Integer call() {
    try (var heddle = Heddle.builder().deadlockReport(true).start()) {
      heddle.go("anna", () -> eat(knife, fork));
      heddle.go("ben", () -> eat(fork, knife));
      Interrupt.onFirst(heddle::closeNow);
      DumpSignal.dumps(heddle);
      heddle.awaitShutdown();
    }
    return 0;
  }

  private void eat(ReentrantLock first, ReentrantLock second) {
    first.lock();
    try {
      bothHoldOne.countDown();
      bothHoldOne.await();
      second.lockInterruptibly(); // for ever: the other one has it, and waits for ours
    } catch (InterruptedException e) {
      // Ctrl-C
    } finally {
      first.unlock();
    }
  }
}
