package dev.heddle.scheduler;

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

  SchedTrace(Scheduler scheduler, long periodNanos, long startNanos, Consumer<String> out) {
    super(scheduler, "schedtrace", periodNanos);
    this.startNanos = startNanos;
    this.out = out;
  }

  @Override
  void look() {
    out.accept(line(scheduler, System.nanoTime() - startNanos));
  }

  static String line(Scheduler scheduler, long uptimeNanos) {
    Carrier[] carriers = scheduler.carriers();
    IdleCarriers idle = scheduler.idle;
    long steals = 0;
    long polls = 0;
    long events = 0;
    var queues = new StringBuilder();
    for (Carrier carrier : carriers) {
      Processor processor = carrier.processor;
      steals += processor.steals;
      polls += processor.polls;
      events += processor.polledEvents;
      queues.append(queues.isEmpty() ? "" : " ").append(processor.queue.size());
    }
    // Concatenated: what String.format would cost here shows at 1 ms.
    return "SCHED "
        + TimeUnit.NANOSECONDS.toMillis(uptimeNanos)
        + "ms: processors="
        + scheduler.processors()
        + " idleprocessors="
        + idle.idleRights()
        + " carriers="
        + (carriers.length - scheduler.handoff.retiredCount())
        + " searchingcarriers="
        + idle.searching()
        + " idlecarriers="
        + (idle.size() + idle.spareCount())
        + " globalqueue="
        + scheduler.global.size()
        + " ["
        + queues
        + "] tasks="
        + scheduler.liveTasks()
        + " timers="
        + scheduler.timers.size()
        + " handoffs="
        + scheduler.handoff.count()
        + " steals="
        + steals
        + " polls="
        + polls
        + " events="
        + events
        + " name="
        + scheduler.name();
  }
}
