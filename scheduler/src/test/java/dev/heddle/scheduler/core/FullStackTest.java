package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.FullStack;
import dev.heddle.testing.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A task whose stack overflows inside of what it shares with others harms none of them: at every
 * depth, from every call, in a JVM of its own, interpreted (where every call is one) and compiled.
 */
final class FullStackTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "-ea:dev.heddle...",
          "-Xss256k");

  @ParameterizedTest
  @CsvSource({
    "timers, task, -Xint",
    "timers, task, -Xmixed",
    "timers, platform, -Xint",
    "starts, task, -Xint",
    "starts, task, -Xmixed",
    "starts, platform, -Xint",
    "blocking, task, -Xint",
    "blocking, task, -Xmixed",
    "all, task, -Xmixed"
  })
  void anOverflowAtAnyDepthLeavesAllAsItWas(String what, String where, String mode) {
    var flags = new ArrayList<>(FLAGS);
    flags.add(mode);
    var child = ChildJvm.run(flags, Overflows.class, what, where);
    assertEquals(0, child.exitCode(), child.output());
  }

  /** Runs in the child. */
  static final class Overflows {
    private static final int CHECKS = 50;

    private final TestEngine engine =
        TestEngine.start(
            SchedulerOptions.DEFAULT.withName("full").withProcessors(2), Poller.none());
    private final ConcurrentLinkedQueue<Thread> started = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicInteger fired = new AtomicInteger();

    private Overflows() {}

    public static void main(String[] args) {
      new Overflows().run(args[0], args[1].equals("task"));
      System.exit(0);
    }

    private void run(String what, boolean onTask) {
      for (int i = 0; i < CHECKS; i++) { // what is used below is loaded and linked
        step("all");
      }
      check();
      FullStack.Runner onTasks = body -> Waits.join(engine.spawn("recurses", body));
      FullStack.Runner onPlatform = body -> Waits.join(Thread.ofPlatform().start(body));
      FullStack.fill(onTask ? onTasks : onPlatform, () -> step(what));
      check();
      engine.close();
      Waits.noThreadIsLeft("full");
    }

    private void step(String what) {
      switch (what) {
        case "timers" -> timers();
        case "starts" -> starts();
        case "blocking" -> engine.blocking(() -> null);
        default -> {
          timers();
          starts();
          engine.blocking(() -> null);
        }
      }
    }

    private void timers() {
      var timer = engine.newTimer(fired::incrementAndGet);
      timer.arm(System.nanoTime() + 1_000_000);
      timer.arm(System.nanoTime() + 500_000);
      var other = engine.newTimer(fired::incrementAndGet);
      other.arm(System.nanoTime() + 700_000);
      timer.cancel();
    }

    /** What has been started must run, whoever had no stack left to say so. */
    private void starts() {
      var thread = engine.newThread("started", ran::incrementAndGet);
      thread.start();
      started.add(thread);
    }

    private void check() {
      started.forEach(Waits::join);
      started.clear();
      Waits.until("no task is registered", () -> engine.liveTasks() == 0);
      Waits.until("no timer is left", () -> engine.timersSize() == 0);
      Waits.until(
          () -> "all carriers are idle: " + engine.metrics(),
          () -> engine.idle.allIdle() && engine.idle.searching() == 0);
      for (int i = 0; i < CHECKS; i++) {
        bothCarriersRun();
      }
      var woken = new CountDownLatch(CHECKS);
      for (int i = 0; i < CHECKS; i++) {
        engine.newTimer(woken::countDown).arm(System.nanoTime() + i * 100_000L);
      }
      Waits.await(woken);
    }

    /** Two tasks that wait for each other, each on its own carrier. */
    private void bothCarriersRun() {
      var inside = new AtomicInteger();
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            engine.spawn(
                "meets",
                () -> {
                  inside.incrementAndGet();
                  Waits.until("the other runs", () -> inside.get() == 2);
                }));
      }
      threads.forEach(Waits::join);
      assertTrue(inside.get() == 2);
    }
  }
}
