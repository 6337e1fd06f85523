package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.scheduler.testing.FakePoller;
import dev.heddle.scheduler.time.Portions;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.testing.Waits;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No task waits for ever while others are busy. That {@code runNext} is bounded is {@link
 * LocalRunQueueTest}'s; ping-pong and yielding are in {@link SchedulerTest}.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2})
@SuppressWarnings("ThreadPriorityCheck") // yields are part of what is tested
final class FairnessTest {
  private static final String NAME = "fairness-test";
  private static final int EVENTS = 41;

  @Parameter int processors;
  private final FakePoller poller = new FakePoller();
  private final AtomicBoolean stop = new AtomicBoolean();
  private TestEngine scheduler;

  @BeforeEach
  void start() {
    scheduler =
        TestEngine.start(
            SmallQueues.of(16, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors)),
            poller);
  }

  @AfterEach
  void everythingEnds() {
    stop.set(true);
    Waits.until("no task is live", () -> scheduler.liveTasks() == 0);
    scheduler.close();
    Waits.noThreadIsLeft(NAME);
    assertFalse(poller.crowded, "one thread at a time polls");
  }

  /** A task that waits for events and says when it has seen each. */
  private final class Waiter {
    final AtomicLong seen = new AtomicLong();
    final AtomicLong happened = new AtomicLong();
    final Thread thread = scheduler.spawn("waiter", this::run);

    private void run() {
      while (!stop.get()) {
        if (seen.get() < happened.get()) {
          seen.incrementAndGet();
        } else {
          LockSupport.park(this);
        }
      }
    }

    /** Makes one event happen, and waits until it is seen. */
    void event() {
      long number = happened.incrementAndGet();
      poller.event(thread);
      Waits.until("the event was seen", () -> seen.get() == number);
    }

    void events() {
      for (int i = 0; i < EVENTS; i++) {
        event();
      }
    }

    void end() {
      stop.set(true);
      LockSupport.unpark(thread);
      Waits.join(thread);
    }
  }

  @Test
  void aTaskWokenByTheNetworkRunsHoweverManyCompute() {
    var waiter = new Waiter();
    var computing = new CountDownLatch(processors);
    for (int i = 0; i < 4 * processors; i++) {
      scheduler.spawn(
          "hog",
          () -> {
            computing.countDown();
            while (!stop.get()) {
              Thread.onSpinWait();
            }
          });
    }
    Waits.await(computing);
    waiter.events();
    waiter.end();
  }

  /**
   * As in Go, a task that yields goes behind all that wait, in whichever queue. The median is
   * looked at: the operating system may stop the carrier that has just taken the task.
   */
  @Test
  void aTaskFromOutsideHasItsTurnAmongTasksThatYield() {
    int yielding = 8 * processors;
    var turns = new AtomicLong();
    for (int i = 0; i < yielding; i++) {
      scheduler.spawn(
          "yielding",
          () -> {
            while (!stop.get()) {
              turns.incrementAndGet();
              Thread.yield();
            }
          });
    }
    Waits.until("all have had turns", () -> turns.get() > 100L * yielding);
    var seen = new AtomicLong();
    var others = new long[EVENTS];
    for (int i = 0; i < EVENTS; i++) {
      seen.set(-1);
      scheduler.spawn("outside", () -> seen.set(turns.get()));
      long before = turns.get();
      Waits.until("it has had its turn", () -> seen.get() >= 0);
      others[i] = seen.get() - before;
    }
    Arrays.sort(others);
    long median = others[EVENTS / 2];
    assertTrue(median <= 4L * yielding, median + " turns of " + yielding + " others came first");
  }

  /** More tasks than the queues hold, each of which starts the next. */
  @Test
  void aStreamOfNewTasksDoesNotStarveTheNetwork() {
    var waiter = new Waiter();
    for (int i = 0; i < 100; i++) {
      scheduler.spawn(null, this::startAnother);
    }
    waiter.events();
    waiter.end();
  }

  private void startAnother() {
    if (!stop.get()) {
      scheduler.spawn(null, this::startAnother);
    }
  }

  /** It is always due again: a carrier that ran all due timers would never come to an end. */
  @Test
  void timersThatAreDueWithoutEndStarveNeitherTasksNorTheNetwork() {
    Portions.set(scheduler.timers, 4);
    long past = System.nanoTime();
    var fired = new AtomicLong();
    for (int i = 0; i < 10; i++) {
      var timer = new Timer[1];
      timer[0] =
          scheduler.newTimer(
              () -> {
                fired.incrementAndGet();
                if (!stop.get()) {
                  timer[0].arm(past);
                }
              });
      timer[0].arm(past);
    }
    var waiter = new Waiter();
    for (int i = 0; i < EVENTS; i++) {
      long before = fired.get();
      waiter.event();
      Waits.join(scheduler.spawn(null, () -> {})); // from outside: the global queue
      Waits.join(scheduler.spawn(null, this::startAndJoin)); // and the local one
      Waits.until("timers still fire", () -> fired.get() > before);
    }
    waiter.end();
  }

  private void startAndJoin() {
    Waits.join(scheduler.spawn(null, () -> {}));
  }

  /** Each poll finds events, as each task that was woken by one makes the next happen. */
  @Test
  void anEndlessStreamOfEventsStarvesNoQueue() {
    var waiters = new Thread[20];
    for (int i = 0; i < waiters.length; i++) {
      waiters[i] =
          scheduler.spawn(
              null,
              () -> {
                while (!stop.get()) {
                  poller.event(Thread.currentThread());
                  LockSupport.park(this);
                }
              });
    }
    var yielding = new AtomicLong();
    scheduler.spawn(
        null,
        () -> { // in a local queue, all the time
          while (!stop.get()) {
            yielding.incrementAndGet();
            Thread.yield();
          }
        });
    for (int i = 0; i < 200; i++) {
      long before = yielding.get();
      Waits.join(scheduler.spawn(null, () -> {})); // from outside: the global queue
      Waits.until("the one in the local queue has run", () -> yielding.get() > before);
    }
    stop.set(true);
    for (Thread waiter : waiters) {
      LockSupport.unpark(waiter);
    }
  }
}
