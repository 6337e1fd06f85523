package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.util.Locale;

/** Counts the events that are only counted, and says what came of them. */
final class EventCounts {
  long steals;
  long stolenTasks;
  long retakes;
  long blockingHandoffs;
  long wakes;
  long overflows;
  long overflowedTasks;
  long polls;
  long blockingPolls;
  long emptyPolls;
  long sysmonPolls;
  long pollEvents;
  long pollReadied;
  long pollWakeups;
  long sysmonRounds;
  long sysmonPolledRounds;
  final Spread timerLate = new Spread(3);
  final Spread eventsPerPoll = new Spread(3);
  long maxRunnable;

  void add(TraceEvent event) {
    switch (event) {
      case TraceEvent.Poll poll -> poll(poll);
      case TraceEvent.Steal steal -> {
        steals++;
        stolenTasks += steal.tasks();
      }
      case TraceEvent.Handoff handoff -> {
        if (handoff.reason().equals("blocking")) {
          blockingHandoffs++;
        } else {
          retakes++;
        }
      }
      case TraceEvent.Wake wake -> wakes++;
      case TraceEvent.Overflow overflow -> {
        overflows++;
        overflowedTasks += overflow.tasks();
      }
      case TraceEvent.TimerFired timer -> timerLate.add(timer.lateNanos());
      case TraceEvent.Sysmon round -> {
        sysmonRounds++;
        sysmonPolledRounds += round.polled() ? 1 : 0;
      }
      case TraceEvent.Depth depth -> maxRunnable = Math.max(maxRunnable, depth.runnable());
      default -> {}
    }
  }

  private void poll(TraceEvent.Poll poll) {
    polls++;
    pollEvents += poll.events();
    pollReadied += poll.readied();
    blockingPolls += poll.blocking() ? 1 : 0;
    sysmonPolls += poll.processor() < 0 ? 1 : 0;
    pollWakeups += poll.wokenUp() ? 1 : 0;
    if (poll.events() == 0) {
      emptyPolls++;
    } else {
      eventsPerPoll.add(poll.events());
    }
  }

  /** The lines of the summary. */
  static String text(EventCounts c) {
    var out = new StringBuilder();
    count(out, "steals", c.steals, SummaryText.number(c.stolenTasks) + " tasks");
    count(
        out,
        "handoffs",
        c.retakes + c.blockingHandoffs,
        SummaryText.number(c.retakes)
            + " retaken by sysmon, "
            + SummaryText.number(c.blockingHandoffs)
            + " before blocking");
    count(out, "wakes", c.wakes, "of idle processors");
    count(
        out,
        "overflows",
        c.overflows,
        SummaryText.number(c.overflowedTasks) + " tasks to the global queue");
    count(out, "polls", c.polls, polls(c));
    count(out, "useful polls", c.polls - c.emptyPolls, eventsPerPoll(c));
    count(out, "timers", c.timerLate.count(), "late: " + percentiles(c.timerLate));
    count(
        out,
        "sysmon rounds",
        c.sysmonRounds,
        SummaryText.number(c.sysmonPolledRounds) + " polled the network");
    if (c.maxRunnable > 0) {
      count(out, "most runnable", c.maxRunnable, "tasks at once, by samples");
    }
    return out.toString();
  }

  private static String polls(EventCounts c) {
    return String.format(
        Locale.ROOT,
        "%,d blocking, %,d by sysmon, %,d ended by a wakeup, %,d without an event",
        c.blockingPolls,
        c.sysmonPolls,
        c.pollWakeups,
        c.emptyPolls);
  }

  private static String eventsPerPoll(EventCounts c) {
    long useful = c.polls - c.emptyPolls;
    return String.format(
        Locale.ROOT,
        "%,d tasks readied by %,d events: mean %.2f a poll, p50 %d, p99 %d, max %d",
        c.pollReadied,
        c.pollEvents,
        useful == 0 ? 0 : c.pollEvents / (double) useful,
        c.eventsPerPoll.at(50),
        c.eventsPerPoll.at(99),
        c.eventsPerPoll.max());
  }

  private static String percentiles(Spread spread) {
    return "p50 "
        + Nanos.format(spread.at(50))
        + ", p99 "
        + Nanos.format(spread.at(99))
        + ", max "
        + Nanos.format(spread.max());
  }

  private static void count(StringBuilder out, String what, long count, String detail) {
    out.append(String.format(Locale.ROOT, "  %-14s %,12d", what, count));
    out.append(count == 0 ? "" : "  " + detail).append('\n');
  }
}
