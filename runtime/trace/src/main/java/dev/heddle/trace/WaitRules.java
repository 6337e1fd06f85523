package dev.heddle.trace;

import dev.heddle.trace.Incident.Kind;
import dev.heddle.trace.TraceEvent.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What kept tasks that waited: a lock and its owner, the one task that has the work of many, a peer
 * that the server depends on.
 *
 * <ol>
 *   <li>A wait of 10 ms or more for a monitor or a lock is the lock's, without what the operating
 *       system took of the time of the task that held it.
 *   <li>A wait that a task ended which was busy for half of the recording, and for which three or
 *       more others waited, is that task's.
 *   <li>A wait of 10 ms or more for a peer that the server has dialled, or one that does not take
 *       what is written, is the peer's. A client that sends nothing delays nobody. A peer on this
 *       machine is kept from its CPUs as the carriers are; that part is the operating system's.
 * </ol>
 */
final class WaitRules {
  private static final double BUSY_SHARE = 0.5;
  private static final int LEAST_WAITERS = 3;
  private static final int TELLING = 1000;

  private final Causes causes;
  private final Stacks stacks;
  private final Runs runs;
  private final long spanNanos;

  /** Waits for monitors that a stack was taken of, in the order of time. */
  private final List<TraceEvent.Blocked> monitorSamples;

  /** Likewise for locks of java.util.concurrent. */
  private final List<TraceEvent.Blocked> lockSamples;

  private final List<LockWait> lockWaits = new ArrayList<>();

  /** By lock: the waits for an owner that waited itself while it held the lock. */
  private final Map<Integer, List<Slice>> heldByWaiters = new HashMap<>();

  WaitRules(Causes causes, Stacks stacks, Runs runs, long spanNanos) {
    this.causes = causes;
    this.stacks = stacks;
    this.runs = runs;
    this.spanNanos = spanNanos;
    Map<Boolean, List<TraceEvent.Blocked>> samples =
        causes.blocked.stream()
            .filter(WaitRules::isLock)
            .sorted(Comparator.comparingLong(TraceEvent.Blocked::startNanos))
            .collect(Collectors.partitioningBy(sample -> sample.waitsFor() == Stop.MONITOR));
    monitorSamples = Objects.requireNonNull(samples.get(true));
    lockSamples = Objects.requireNonNull(samples.get(false));
  }

  void apply() {
    List<Slice> waits = causes.longWaits.list();
    Set<Long> bottlenecks = bottlenecks(waits);
    for (Slice wait : waits) {
      long from = wait.queuedNanos() - wait.waitedNanos();
      TraceEvent.Blocked sample = stacks.wait(wait.taskId(), from, wait.queuedNanos());
      if (sample != null) {
        causes.waits.addBlocked(sample, lockName(sample.blockerClass()), wait.waitedNanos());
      }
      if (wait.waitedFor() == Stop.MONITOR || isLock(sample)) {
        addLockWait(wait, sample, from);
      } else if (bottlenecks.contains(wait.readierTaskId())) {
        bottleneck(wait, sample);
      }
    }
    lockWaits.forEach(this::lock);
    causes.networkWaits.list().forEach(this::peer);
  }

  private static boolean isLock(TraceEvent.@Nullable Blocked sample) {
    if (sample == null) {
      return false;
    }
    String type = sample.blockerClass();
    return sample.waitsFor() == Stop.MONITOR
        || (type.startsWith("java.util.concurrent.locks.")
            && !type.endsWith("ConditionObject")
            && !type.endsWith("ConditionNode"))
        || type.startsWith("java.util.concurrent.Semaphore$");
  }

  /** A wait for a lock, with what is known of it; the sample may be of another such wait. */
  private record LockWait(Slice slice, TraceEvent.Blocked sample, long from, Owner owner) {
    int lockId() {
      return sample.blockerId();
    }
  }

  private void addLockWait(Slice wait, TraceEvent.@Nullable Blocked sampled, long from) {
    boolean monitor = wait.waitedFor() == Stop.MONITOR;
    // A wait without a sample is taken for one at the lock that was waited for around that time.
    TraceEvent.Blocked sample =
        sampled != null ? sampled : nearest(monitor ? monitorSamples : lockSamples, from);
    if (sample == null) {
      return; // Nobody looked, in all the time: nothing can be said of it.
    }
    Owner owner = owner(wait, sample, from);
    var lockWait = new LockWait(wait, sample, from, owner);
    if (owner.waited) {
      heldByWaiters.computeIfAbsent(lockWait.lockId(), id -> new ArrayList<>()).add(wait);
    }
    lockWaits.add(lockWait);
  }

  private void lock(LockWait lockWait) {
    Slice wait = lockWait.slice;
    TraceEvent.Blocked sample = lockWait.sample;
    boolean monitor = wait.waitedFor() == Stop.MONITOR;
    String type = lockName(sample.blockerClass());
    String where = Frames.own(sample.stack());
    String what =
        monitor
            ? (type.isEmpty() ? "monitor" : "monitor of " + type)
            : type.isEmpty() ? "lock" : type;
    Incident incident =
        causes.incident(Kind.LOCK, what + (where.isEmpty() ? "" : ", waited for in " + where));
    long nanos = Math.round(wait.waitedNanos() * ownShare(lockWait));
    incident.add(wait.taskId(), causes.group(wait.taskName()), lockWait.from, nanos);
    explainOwner(incident, lockWait.owner.line, nanos);
  }

  /**
   * Of a wait, the share that the lock's owner needed; in the rest the owner wanted to run, and the
   * operating system ran others.
   */
  private double ownShare(LockWait lockWait) {
    Owner owner = lockWait.owner;
    long from = lockWait.from;
    long to = lockWait.slice.queuedNanos();
    double kept = 0;
    List<Slice> held = owner.taskId == 0 ? List.of() : runs.of(owner.taskId, from, to);
    for (Slice run : held) {
      kept +=
          Spans.overlap(run.startNanos(), run.endNanos(), from, to)
              * (1 - runs.facts(run).ownShare());
    }
    if (!held.isEmpty()) {
      return Math.max(0, 1 - kept / Math.max(1, to - from));
    }
    return owner.waited || isHeldByWaiter(lockWait.lockId(), from, to)
        ? 1
        : 1 - causes.machine.keptShare(from, to);
  }

  /** Many wait for one owner, and for some of those waits it is known what it did. */
  private boolean isHeldByWaiter(int lockId, long from, long to) {
    for (Slice wait : heldByWaiters.getOrDefault(lockId, List.of())) {
      long began = wait.queuedNanos() - wait.waitedNanos();
      if (lockId != 0 && Spans.overlap(began, wait.queuedNanos(), from, to) > (to - from) / 2) {
        return true;
      }
    }
    return false;
  }

  /** An owner of whom it is known what it did explains more than one of whom it is not. */
  private static void explainOwner(Incident incident, String line, long nanos) {
    incident.explain(line, line.contains(" at ") ? nanos : nanos / TELLING);
  }

  private static TraceEvent.@Nullable Blocked nearest(
      List<TraceEvent.Blocked> samples, long moment) {
    int next = Spans.firstEndingAfter(samples, moment);
    TraceEvent.Blocked after = next < samples.size() ? samples.get(next) : null;
    TraceEvent.Blocked before = next > 0 ? samples.get(next - 1) : null;
    if (before == null || after == null) {
      return before == null ? after : before;
    }
    return moment - before.startNanos() <= after.startNanos() - moment ? before : after;
  }

  /** A line about who held the lock; empty if that is not known. */
  private Owner owner(Slice wait, TraceEvent.Blocked sample, long from) {
    if (!sample.ownerStack().isEmpty()) {
      String line = "held by " + causes.group(sample.ownerName()) + in(sample.ownerStack());
      return new Owner(sample.ownerId(), line, false);
    }
    if (sample.waitsFor() == Stop.MONITOR) {
      Stacks.Holder holder =
          stacks.inside(Frames.innermost(sample.stack()), from, wait.queuedNanos());
      return holder == null
          ? Owner.UNKNOWN
          : heldBy(holder.taskId(), holder.taskName(), holder.doing());
    }
    TaskFacts.Fact fact = causes.tasks.of(wait.readierTaskId());
    return fact == null
        ? Owner.UNKNOWN
        : heldBy(
            wait.readierTaskId(),
            fact.name,
            stacks.doing(wait.readierTaskId(), from, wait.queuedNanos(), sample.blockerClass()));
  }

  /**
   * Who held a lock.
   *
   * @param taskId 0 if that is not known
   * @param line about it; empty if nothing is known
   * @param waited whether it was seen to wait or sleep, which the operating system makes no longer
   */
  private record Owner(long taskId, String line, boolean waited) {
    static final Owner UNKNOWN = new Owner(0, "", false);
  }

  private Owner heldBy(long taskId, String name, Stacks.Doing doing) {
    String line =
        "held by "
            + causes.group(name)
            + (doing.words().isEmpty() ? "" : ", which " + doing.words() + in(doing.stack()));
    return new Owner(taskId, line, doing.waited());
  }

  private static String in(String stack) {
    String call = Frames.call(stack);
    String own = Frames.own(stack);
    return (call.isEmpty() || call.equals(own) ? "" : " in " + call)
        + (own.isEmpty() ? "" : ", at " + own);
  }

  /** {@code java.util.concurrent.locks.ReentrantLock$NonfairSync} is a ReentrantLock. */
  private static String lockName(String type) {
    int inner = type.indexOf("Sync");
    int dollar = type.lastIndexOf('$', inner < 0 ? type.length() : inner);
    boolean jdk = type.startsWith("java.util.concurrent.");
    String outer = jdk && dollar > 0 ? type.substring(0, dollar) : type;
    return outer.substring(outer.lastIndexOf('.') + 1);
  }

  /** Tasks that were busy for long and that several others waited for. */
  private Set<Long> bottlenecks(List<Slice> waits) {
    Map<Long, Set<Long>> waiters = new HashMap<>();
    for (Slice wait : waits) {
      if (wait.readier() == Readier.TASK) {
        waiters.computeIfAbsent(wait.readierTaskId(), t -> new HashSet<>()).add(wait.taskId());
      }
    }
    Set<Long> found = new HashSet<>();
    waiters.forEach(
        (taskId, tasks) -> {
          TaskFacts.Fact fact = causes.tasks.of(taskId);
          if (fact != null
              && tasks.size() >= LEAST_WAITERS
              && fact.busyNanos >= spanNanos * BUSY_SHARE) {
            found.add(taskId);
          }
        });
    return found;
  }

  private void bottleneck(Slice wait, TraceEvent.@Nullable Blocked sample) {
    TaskFacts.Fact fact = causes.tasks.of(wait.readierTaskId());
    if (fact == null) {
      return;
    }
    String name = fact.name.isEmpty() ? "" : fact.name + " ";
    Incident incident = causes.incident(Kind.BOTTLENECK, name + "#" + wait.readierTaskId());
    long nanos = wait.waitedNanos();
    incident.add(
        wait.taskId(),
        causes.group(wait.taskName()),
        wait.queuedNanos() - wait.waitedNanos(),
        nanos);
    incident.explain(
        Math.round(100.0 * fact.busyNanos / spanNanos) + " % of the time it ran or was runnable",
        Long.MAX_VALUE / 2);
    if (sample != null) {
      incident.explain("waited for in " + Frames.own(sample.stack()), nanos);
    }
  }

  private void peer(TraceEvent.NetworkWait wait) {
    boolean depends =
        switch (wait.operation()) {
          case IO_WRITE, CONNECT -> true;
          case IO_READ -> causes.peers.isDialled(wait.peer());
          default -> false;
        };
    if (!depends) {
      return;
    }
    String peer = wait.peer() == null ? "(unknown)" : wait.peer();
    Incident incident = causes.incident(Kind.PEER, wait.operation().word + " " + peer);
    double kept =
        isOnThisMachine(peer) ? causes.machine.keptShare(wait.startNanos(), wait.endNanos()) : 0;
    long nanos = Math.round(wait.waitNanos() * (1 - kept));
    incident.add(wait.taskId(), causes.group(wait.taskName()), wait.startNanos(), nanos);
    incident.explain("in " + Frames.own(wait.stack()), nanos);
  }

  /** An address is "name/number:port", with or without the name; a socket's path has no port. */
  private static boolean isOnThisMachine(String peer) {
    String address = peer.substring(peer.indexOf('/') + 1);
    return address.startsWith("127.")
        || address.startsWith("[::1]")
        || address.startsWith("[0:0:0:0:0:0:0:1]")
        || address.lastIndexOf(':') < 0;
  }
}
