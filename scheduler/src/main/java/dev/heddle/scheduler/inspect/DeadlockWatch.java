package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.Poller;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Reports when all tasks are asleep and nothing is left that could wake one.
 *
 * <p>A report that is wrong is worse than one that comes late. So everything must hold, and hold
 * again some seconds later, without any task having run in between:
 *
 * <ul>
 *   <li>there are tasks, and every one of them waits without a timeout; one that runs, is runnable,
 *       sleeps or waits with a timeout continues by itself;
 *   <li>none of them, and no other thread, waits on a socket of ours ({@link Poller#hasWaiters}),
 *       and none of them on one of the JDK's;
 *   <li>no timer is armed: its action may wake anybody;
 *   <li>no thread outside is in a position to wake a task: {@link OutsideThreads}.
 * </ul>
 *
 * <p>What it cannot see: a signal handler that is still to come, and a stock virtual thread that
 * waits on a socket of the JDK's and would wake a task. Therefore it is off unless asked for, it
 * only reports, and it does so once per standstill.
 *
 * <p>Looking at every task costs, so that is done only when no task has run for two periods, and
 * then, for as long as none does, each time after twice as many: an idle server with a hundred
 * thousand connections is looked at less and less.
 *
 * <p>Source: Go's {@code checkdead}, which has it easier: there, nobody outside knows the
 * goroutines.
 */
final class DeadlockWatch extends Periodic {
  static final long PERIOD_NANOS = 1_000_000_000;
  private static final int TIMES_BEFORE_REPORT = 3; // a period apart
  private static final int MAX_LISTED = 100; // of tasks that are alike: this goes into a log

  private final BooleanSupplier outsideMayWake;
  private final Consumer<String> report;

  // This thread only.
  private long seenTicks = -1;
  private int quietPeriods;
  private int timesAsleep;
  private boolean reported;

  DeadlockWatch(
      Engine engine, long periodNanos, BooleanSupplier outsideMayWake, Consumer<String> report) {
    super(engine, "deadlock-watch", periodNanos);
    this.outsideMayWake = outsideMayWake;
    this.report = report;
  }

  @Override
  void look() {
    long ticks = engine.slices();
    if (ticks != seenTicks) {
      seenTicks = ticks;
      quietPeriods = 0;
      timesAsleep = 0;
      reported = false;
      return;
    }
    quietPeriods++;
    boolean due = quietPeriods >= 2 && Integer.bitCount(quietPeriods) == 1;
    if (reported || (timesAsleep == 0 && !due)) {
      return;
    }
    timesAsleep = allAreAsleep() ? timesAsleep + 1 : 0;
    if (timesAsleep == TIMES_BEFORE_REPORT) {
      reported = true;
      report.accept(
          "all tasks are asleep, and nothing is left to wake one\n"
              + Dumps.of(engine).text(MAX_LISTED));
    }
  }

  private boolean allAreAsleep() {
    if (engine.counts().timers() > 0 || engine.hasQueuedTasks()) {
      return false;
    }
    var tasks = engine.tasks();
    for (Task task : tasks) {
      if (!waitsWithoutEnd(task.thread())) {
        return false;
      }
    }
    for (Task task : tasks) { // apart, since stacks are dear
      if (VirtualThreads.waitsOnJdkSocket(task.thread())) {
        return false;
      }
    }
    return !tasks.isEmpty() && !engine.hasNetworkWaiters() && !outsideMayWake.getAsBoolean();
  }

  private static boolean waitsWithoutEnd(Thread thread) {
    return switch (TaskStates.of(thread, false)) {
      case PARK, MONITOR -> thread.getState() != Thread.State.TIMED_WAITING;
      default -> false;
    };
  }
}
