package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a recording is right: a task's spans add up to its lifetime, a processor runs one
 * task at a time, every readied task has a readier, and nothing was lost unnoticed.
 *
 * <p>Works in any order of events and in bounded memory. A task's account is settled and forgotten
 * when its last slice has been seen and its slice numbers have no gap, whatever order they came in;
 * it settles the accounts that are still open at the end.
 */
public final class TraceInvariants {
  /** Open accounts at once, about 150 bytes each; tasks beyond are counted as unchecked. */
  private static final int MAX_ACCOUNTS = 1 << 20;

  private static final int UNCHECKED_MASK = (1 << 20) - 1;

  /** Of a task's lifetime, that its spans may differ from it. */
  private static final double TOLERANCE = 0.01;

  /**
   * The two clocks of all tasks together may differ by more in a recording shorter than this:
   * between reading the one and the other the operating system may run something else for some
   * milliseconds.
   */
  private static final long PREEMPTION_NANOS = 5_000_000;

  /**
   * And by this for each task: the two clocks are read one after the other, when it is created and
   * when it ends, which short tasks notice.
   */
  private static final long STAMPING_NANOS = 10_000;

  /**
   * A task whose two clocks differ by more than this, and by more than the tolerance, is reported.
   */
  private static final long CLOCKS_NANOS = 1_000_000;

  /** One in so many complete tasks may be preempted between reading the one clock and the other. */
  private static final int TASKS_PER_PREEMPTED = 20;

  private static final int MAX_EXAMPLES = 5;

  private final int maxAccounts;
  private final Map<Long, TaskAccount> accounts = new HashMap<>();

  /** Tasks by the low bits of their numbers, which they have in the order of their creation. */
  private final BitSet unchecked = new BitSet();

  /**
   * By carrier, which a processor has for life: processors of two runtimes have the same numbers.
   */
  private final Map<Long, OverlapCheck> processors = new HashMap<>();

  private final List<String> examples = new ArrayList<>();

  private long tasks;
  private long waitingTasks;
  private long cutTasks;
  private long unbalancedTasks;
  private long completeTasks;
  private long lifetimeNanos;
  private long accountedNanos;
  private long preemptedTasks;
  private long preemptedNanos;
  private long missingSlices;
  private long overlaps;
  private long withoutReadier;
  private long lossEvents;
  private long lostBytes;

  /**
   * What was found.
   *
   * @param tasks whose spans were added up
   * @param uncheckedTasks of which memory did not allow to check all; counted up to a million
   * @param cutTasks whose first slices were in a part of the recording that was dropped
   * @param waitingTasks not done when the recording ended
   * @param unbalancedTasks whose spans differ from their lifetime by more than 1 %
   * @param completeTasks born and done in the recording
   * @param lifetimeNanos of those together, by the recorder's clock
   * @param accountedNanos their run, runnable and waited, by the scheduler's clock
   * @param preemptedTasks of those, whose clocks differ by more than 1 % and 1 ms: preempted
   *     between reading the one and the other
   * @param preemptedNanos by how much what those account for exceeds their lifetimes, together
   * @param missingSlices gaps in the numbers of slices
   * @param overlaps slices that began on a processor before its previous one had ended
   * @param withoutReadier slices that do not say who made them runnable
   * @param lossEvents how often Flight Recorder said that it dropped something
   * @param lostBytes how much that was
   * @param examples the first violations, a line each
   */
  public record Report(
      long tasks,
      long uncheckedTasks,
      long cutTasks,
      long waitingTasks,
      long unbalancedTasks,
      long completeTasks,
      long lifetimeNanos,
      long accountedNanos,
      long preemptedTasks,
      long preemptedNanos,
      long missingSlices,
      long overlaps,
      long withoutReadier,
      long lossEvents,
      long lostBytes,
      List<String> examples) {

    /** By how much the spans of all complete tasks differ from their lifetimes, 0.01 for 1 %. */
    public double imbalance() {
      return lifetimeNanos == 0
          ? 0
          : Math.abs(accountedNanos - lifetimeNanos) / (double) lifetimeNanos;
    }

    /** Whether the clocks agree: of all tasks, or of all but the few that were preempted. */
    private boolean balanced() {
      long difference = accountedNanos - lifetimeNanos;
      return isTolerable(difference)
          || (preemptedTasks * TASKS_PER_PREEMPTED <= completeTasks
              && isTolerable(difference - preemptedNanos));
    }

    private boolean isTolerable(long difference) {
      long nanos = Math.abs(difference);
      return nanos <= lifetimeNanos * TOLERANCE
          || nanos <= PREEMPTION_NANOS + completeTasks * STAMPING_NANOS;
    }

    /** Whether everything recorded agrees and nothing was lost. */
    public boolean holds() {
      return unbalancedTasks == 0
          && balanced()
          && missingSlices == 0
          && overlaps == 0
          && withoutReadier == 0
          && lossEvents == 0;
    }
  }

  /** Reads a recording and checks it. */
  public static Report check(Path recording) throws IOException {
    var invariants = new TraceInvariants();
    RecordingReader.read(recording, invariants::accept);
    return invariants.report();
  }

  /** Checks of one recording. */
  public TraceInvariants() {
    this(MAX_ACCOUNTS);
  }

  TraceInvariants(int maxAccounts) {
    this.maxAccounts = maxAccounts;
  }

  /** Takes one event; the order does not matter. */
  public void accept(TraceEvent event) {
    switch (event) {
      case TraceEvent.Slice slice -> slice(slice);
      case TraceEvent.Created created -> {
        TaskAccount account = account(created.taskId());
        if (account != null) {
          account.created(created.startNanos());
          settleIfComplete(account);
        }
      }
      case TraceEvent.DataLoss loss -> {
        lossEvents++;
        lostBytes += loss.bytes();
      }
      default -> {}
    }
  }

  private void slice(TraceEvent.Slice slice) {
    if (slice.end() == Stop.RUNNING) {
      return; // Made up by the reader from what sysmon saw.
    }
    OverlapCheck processor = processors.computeIfAbsent(slice.carrierId(), c -> new OverlapCheck());
    if (processor.overlaps(slice.startNanos(), slice.endNanos())) {
      overlaps++;
      example("processor " + Places.processor(slice.processor()) + " ran two tasks at once", slice);
    }
    if (!hasReadier(slice)) {
      withoutReadier++;
      example("no readier", slice);
    }
    TaskAccount account = account(slice.taskId());
    if (account != null) {
      account.add(slice);
      settleIfComplete(account);
    }
  }

  private static boolean hasReadier(TraceEvent.Slice slice) {
    return switch (slice.readier()) {
      case UNKNOWN -> slice.runnableNanos() < 0; // Queued before the recording began.
      case TASK -> slice.readierTaskId() != 0;
      case START -> slice.waitedFor() == Stop.START;
      // A task unparked while it was parking is queued again by its own carrier: also a yield.
      case POLLER, TIMER, SYSMON, EXTERNAL, YIELD -> true;
    };
  }

  private @Nullable TaskAccount account(long taskId) {
    TaskAccount account = accounts.get(taskId);
    if (account == null) {
      if (accounts.size() >= maxAccounts) {
        unchecked.set((int) taskId & UNCHECKED_MASK);
        return null;
      }
      account = new TaskAccount(taskId);
      accounts.put(taskId, account);
    }
    return account;
  }

  private void settleIfComplete(TaskAccount account) {
    if (account.complete()) {
      accounts.remove(account.taskId());
      settle(account);
    }
  }

  private void settle(TaskAccount account) {
    if (account.isEmpty()) {
      return;
    }
    tasks++;
    long missing = account.missing();
    if (account.isCut()) {
      cutTasks++;
      if (missing > 0) {
        return;
      }
    }
    if (missing > 0) {
      missingSlices += missing;
      example(missing + " slices missing of task " + account.taskId());
      return; // Its spans cannot add up.
    }
    if (account.complete()) {
      completeTasks++;
      lifetimeNanos += account.recordedNanos();
      accountedNanos += account.accountedNanos();
      long clocks = account.accountedNanos() - account.recordedNanos();
      if (Math.abs(clocks) > Math.max(CLOCKS_NANOS, account.recordedNanos() * TOLERANCE)) {
        preemptedTasks++;
        preemptedNanos += clocks;
      }
    }
    long lifetime = account.lifetimeNanos();
    if (lifetime == TaskAccount.UNKNOWN) {
      return;
    }
    long difference = Math.abs(account.accountedNanos() - lifetime);
    if (difference > lifetime * TOLERANCE) {
      unbalancedTasks++;
      example(
          "task "
              + account.taskId()
              + " lived "
              + Nanos.format(lifetime)
              + " and accounts for "
              + Nanos.format(account.accountedNanos()));
    }
  }

  private void example(String what, TraceEvent.Slice slice) {
    example(
        what
            + ": task "
            + slice.taskId()
            + " slice "
            + slice.number()
            + " at "
            + Moments.text(slice.startNanos()));
  }

  private void example(String line) {
    if (examples.size() < MAX_EXAMPLES) {
      examples.add(line);
    }
  }

  /** Settles what is still open; call it once, when all has been read. */
  public Report report() {
    for (TaskAccount account : accounts.values()) {
      if (!account.done()) {
        waitingTasks++;
      }
      settle(account);
    }
    accounts.clear();
    return new Report(
        tasks,
        unchecked.cardinality(),
        cutTasks,
        waitingTasks,
        unbalancedTasks,
        completeTasks,
        lifetimeNanos,
        accountedNanos,
        preemptedTasks,
        preemptedNanos,
        missingSlices,
        overlaps,
        withoutReadier,
        lossEvents,
        lostBytes,
        List.copyOf(examples));
  }
}
