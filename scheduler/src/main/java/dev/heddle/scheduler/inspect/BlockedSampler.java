package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.core.Task;
import dev.heddle.scheduler.events.BlockedStack;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.jdk.ThreadLocks;
import dev.heddle.scheduler.spi.ParkReason;
import dev.heddle.scheduler.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes the stacks of tasks that wait for long, but not for the network, while a recording runs.
 *
 * <p>It runs on the recorder's own thread, so that neither carriers nor tasks pay. Its share of a
 * core is bounded: after a round it rests for five times as long as the round took.
 */
final class BlockedSampler implements Runnable {
  private static final long LONG_NANOS = 10_000_000;
  private static final int MAX_A_ROUND = 64;
  private static final int REST = 5;

  private final Engine engine;
  private long restUntilNanos = Clock.nanoTime(); // the recorder's thread only

  BlockedSampler(Engine engine) {
    this.engine = engine;
  }

  private record Waiter(Task task, BlockedStack event, @Nullable Object monitor) {}

  @Override
  public void run() {
    long now = Clock.nanoTime();
    if (now < restUntilNanos) {
      return;
    }
    List<Waiter> waiters = new ArrayList<>();
    for (Task task : engine.tasks()) {
      if (waiters.size() == MAX_A_ROUND) {
        break;
      }
      Waiter waiter = look(task, now);
      if (waiter != null) {
        waiters.add(waiter);
      }
    }
    findOwners(waiters);
    for (Waiter waiter : waiters) {
      waiter.event.commit();
    }
    restUntilNanos = now + REST * (Clock.nanoTime() - now);
  }

  private @Nullable Waiter look(Task task, long now) {
    long waited = Trace.longWait(task, now, LONG_NANOS);
    if (waited < 0) {
      return null;
    }
    Thread thread = task.thread();
    var event = new BlockedStack();
    Object monitor = null;
    switch (thread.getState()) {
      case BLOCKED -> {
        event.waitsFor = "monitor";
        ThreadLocks locks = ThreadLocks.of(thread);
        monitor = locks.blockedOn();
        blocker(event, monitor);
        event.stack = text(locks.stack());
      }
      case WAITING, TIMED_WAITING -> {
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker instanceof ParkReason reason && reason.state() != TaskState.SLEEP) {
          return null; // The network: it has an event of its own.
        }
        blocker(event, blocker);
        boolean sleeps =
            blocker instanceof ParkReason || thread.getState() == Thread.State.TIMED_WAITING;
        event.waitsFor = sleeps ? "sleep" : "park";
        // Not getStackTrace: of a thread that becomes runnable meanwhile the JDK submits it again.
        event.stack = text(ThreadLocks.of(thread).stack());
      }
      case NEW, RUNNABLE, TERMINATED -> {
        return null;
      }
    }
    event.runtime = engine.number();
    event.taskId = thread.threadId();
    event.taskName = thread.getName();
    event.waitedNanos = waited;
    return new Waiter(task, event, monitor);
  }

  private static void blocker(BlockedStack event, @Nullable Object blocker) {
    if (blocker != null) {
      event.blockerClass = blocker.getClass().getName();
      event.blockerId = System.identityHashCode(blocker);
    }
  }

  /** Who owns the monitors that are waited for: a task on a carrier, or one that waits itself. */
  private void findOwners(List<Waiter> waiters) {
    List<Waiter> open =
        new ArrayList<>(waiters.stream().filter(waiter -> waiter.monitor != null).toList());
    if (open.isEmpty()) {
      return;
    }
    List<Task> candidates = new ArrayList<>(engine.tasksOnCarriers());
    waiters.forEach(waiter -> candidates.add(waiter.task));
    for (Task candidate : candidates) {
      if (open.isEmpty()) {
        return;
      }
      ThreadLocks locks = ThreadLocks.of(candidate.thread());
      open.removeIf(
          waiter -> {
            boolean owns = locks.owns(waiter.monitor);
            if (owns) {
              waiter.event.ownerId = candidate.thread().threadId();
              waiter.event.ownerName = candidate.thread().getName();
              waiter.event.ownerStack = text(locks.stack());
            }
            return owns;
          });
    }
  }

  private static String text(StackTraceElement[] stack) {
    var text = new StringBuilder();
    for (StackTraceElement frame : stack) {
      text.append(text.isEmpty() ? "" : "\n").append(frame);
    }
    return text.toString();
  }
}
