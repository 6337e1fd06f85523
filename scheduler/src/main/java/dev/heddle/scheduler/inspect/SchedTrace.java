package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.core.Counts;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One line every so often that says how the scheduler is, for a terminal: Go's {@code
 * GODEBUG=schedtrace=1000}, with the same fields in the same order under our names, and some of
 * ours at the end.
 *
 * <pre>
 * SCHED 1002ms: processors=2 idleprocessors=0 carriers=4 searchingcarriers=0 idlecarriers=1 globalqueue=3 [5 0 0 0] tasks=70 timers=1 handoffs=9 steals=24 polls=310 events=4711 name=heddle
 * </pre>
 *
 * <p>It reads counters only and never looks at tasks, so a line costs the same with a million of
 * them.
 */
final class SchedTrace extends Periodic {
  private final long startNanos;
  private final Consumer<String> out;

  SchedTrace(Engine engine, long periodNanos, long startNanos, Consumer<String> out) {
    super(engine, "schedtrace", periodNanos);
    this.startNanos = startNanos;
    this.out = out;
  }

  @Override
  void look() {
    out.accept(line(engine, Clock.nanoTime() - startNanos));
  }

  static String line(Engine engine, long uptimeNanos) {
    Counts counts = engine.counts();
    long steals = 0;
    long polls = 0;
    long events = 0;
    var queues = new StringBuilder();
    for (ProcessorMetrics processor : engine.processorMetrics()) {
      steals += processor.steals();
      polls += processor.polls();
      events += processor.polledEvents();
      queues.append(queues.isEmpty() ? "" : " ").append(processor.queued());
    }
    // Concatenated: what String.format would cost here shows at 1 ms.
    return "SCHED "
        + TimeUnit.NANOSECONDS.toMillis(uptimeNanos)
        + "ms: processors="
        + engine.processors()
        + " idleprocessors="
        + counts.idleProcessors()
        + " carriers="
        + counts.carriers()
        + " searchingcarriers="
        + counts.searchingCarriers()
        + " idlecarriers="
        + (counts.idleCarriers() + counts.spareCarriers())
        + " globalqueue="
        + counts.globalQueue()
        + " ["
        + queues
        + "] tasks="
        + engine.liveTasks()
        + " timers="
        + counts.timers()
        + " handoffs="
        + counts.handoffs()
        + " steals="
        + steals
        + " polls="
        + polls
        + " events="
        + events
        + " name="
        + engine.name();
  }
}
