package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.Waits;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A scheduler without a network for each number of processors, and tasks whose failures fail the
 * test.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
abstract class BlockingSuite {
  private static final String NAME = "blocking-test";

  @Parameter int processors;
  Scheduler scheduler;

  interface Body {
    void run() throws Exception;
  }

  @BeforeEach
  void start() {
    var options =
        SmallQueues.of(4, SchedulerOptions.DEFAULT.withName(NAME).withProcessors(processors));
    scheduler = Scheduler.start(options, Poller.none());
  }

  @AfterEach
  void everythingEnds() {
    scheduler.close();
    assertEquals(0, scheduler.liveTasks());
    Waits.noThreadIsLeft(NAME);
  }

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  final Thread task(Body body) {
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
  final void all(List<Body> bodies) {
    List<Thread> threads = bodies.stream().map(this::task).toList();
    threads.forEach(Waits::join);
    assertNothingFailed();
  }

  final void all(Body... bodies) {
    all(List.of(bodies));
  }

  final void many(int count, Body body) {
    all(java.util.Collections.nCopies(count, body));
  }

  final void assertNothingFailed() {
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " tasks failed", failures.peek());
    }
  }

  static void untilItWaits(Thread thread) {
    Waits.until(
        "it waits",
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
  }
}
