package dev.heddle.scheduler.inspect;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.core.TestEngine;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.testing.Waits;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SchedTraceTest {
  private final TestEngine engine =
      TestEngine.start(
          SchedulerOptions.DEFAULT.withName("inspected").withProcessors(2), Poller.none());

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aTraceLineHasTheFieldsOfGoInTheirOrder() {
    String line = SchedTrace.line(engine.engine(), 1_234_567_890);
    assertTrue(
        line.matches(
            "SCHED 1234ms: processors=2 idleprocessors=\\d carriers=2 searchingcarriers=\\d"
                + " idlecarriers=\\d globalqueue=0 \\[0 0\\] tasks=0 timers=0 handoffs=0"
                + " steals=\\d+ polls=\\d+ events=0 name=inspected"),
        line);
  }

  @Test
  void linesComeAgainAndAgainUntilTheSchedulerCloses() {
    var lines = new LinkedBlockingQueue<String>();
    var trace = new SchedTrace(engine.engine(), 1_000_000, System.nanoTime(), lines::add);
    trace.start();
    for (int i = 0; i < 3; i++) {
      assertTrue(Waits.take(lines).startsWith("SCHED "));
    }
    engine.close();
    LockSupport.unpark(trace);
    Waits.join(trace);
  }
}
