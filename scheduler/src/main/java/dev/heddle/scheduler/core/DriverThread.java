package dev.heddle.scheduler.core;

import dev.heddle.scheduler.events.TracedTask;
import dev.heddle.scheduler.events.TracedThread;
import dev.heddle.scheduler.jdk.Monitors;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs the tasks of engines which have no carriers: one task at a time, when it is
 * told to, by a clock of its own. A simulation stands on it.
 *
 * <p>Whoever tells it decides which task is next, and when time moves: nothing here decides
 * anything. What a task does with its engine, its timers and its network is what it does under
 * carriers.
 *
 * <p>All that wakes a task must happen on this thread, or it would come at another moment the next
 * time. There is one wakeup that the JDK gives elsewhere: that of a task which waits for a monitor.
 * It is waited for, as soon as the monitor is free; several come in the order in which their tasks
 * began to wait. Every other wakeup from outside is reported. {@link Monitors.Barrier} is that
 * wait.
 *
 * <p>All fields are this thread's own, but for {@code fromOutside}.
 */
public final class DriverThread extends TracedThread {
  /** Where its clock begins: as far from all that {@link System#nanoTime} says as from overflow. */
  public static final long BEGINNING_NANOS = 1L << 62;

  /**
   * How often the time may be read at one moment. A program that reads it more often than any that
   * works waits for it in a loop; so every further reading moves it.
   */
  private static final int READINGS_AT_ONCE = 1_000;

  private static final long READING_NANOS = 1_000;

  static {
    Clock.replace(
        () ->
            VirtualThreads.currentCarrier() instanceof DriverThread driver
                ? driver.nowNanos
                : Clock.systemNanoTime());
  }

  private final Runnable body;
  private final BiConsumer<Task, Throwable> outsider;
  private final Consumer<Runnable> closers;
  private final ArrayDeque<Task> readied = new ArrayDeque<>();
  private final List<Task> inMonitors = new ArrayList<>(); // in the order of their waits
  private final Monitors.Barrier barrier = new Monitors.Barrier();
  private final ConcurrentLinkedQueue<Task> fromOutside = new ConcurrentLinkedQueue<>();
  private long nowNanos = BEGINNING_NANOS;
  private int readings; // at this moment of its clock
  private boolean movedByReadings; // since timers were looked at
  private boolean tookTimeout; // of the task that ran last
  private @Nullable Task running;
  private @Nullable Object owner;

  /**
   * A thread that is not started.
   *
   * @param body what it does: it tells itself which task to run
   * @param outsider hears of a task that another thread woke, or started, and of where that was; on
   *     that other thread
   * @param closers starts what closes an engine, as a task of another engine
   */
  public DriverThread(
      String name,
      Runnable body,
      BiConsumer<Task, Throwable> outsider,
      Consumer<Runnable> closers) {
    super(name, 0, 0);
    this.body = body;
    this.outsider = outsider;
    this.closers = closers;
    setDaemon(true);
  }

  @Override
  public void run() {
    body.run();
  }

  @Override
  protected @Nullable TracedTask running() {
    return running;
  }

  /** The time of all that runs on this thread. */
  public long nowNanos() {
    return nowNanos;
  }

  /** This thread: moves the time on. */
  public void advance(long toNanos) {
    assert toNanos >= nowNanos : "time goes back";
    if (toNanos > nowNanos) {
      readings = 0;
    }
    nowNanos = toNanos;
  }

  /** This thread, or a task on it: the time for a program that reads it. */
  public long readNanos() {
    if (++readings > READINGS_AT_ONCE) {
      nowNanos += READING_NANOS;
      movedByReadings = true;
    }
    return nowNanos;
  }

  /** This thread: whether readings have moved the time since the last call. */
  public boolean takeMovedByReadings() {
    boolean moved = movedByReadings;
    movedByReadings = false;
    return moved;
  }

  /** This thread: whether the task that ran last waits by a timeout of the JDK's. */
  public boolean tookTimeout() {
    return tookTimeout;
  }

  /** The driver that the calling thread is, or is mounted on; null if there is none. */
  public static @Nullable DriverThread ofCaller() {
    return VirtualThreads.currentCarrier() instanceof DriverThread driver ? driver : null;
  }

  /** What the maker of this thread keeps with it; null at first. */
  public @Nullable Object owner() {
    return owner;
  }

  /** Keeps something with this, before it starts. */
  public void setOwner(Object owner) {
    this.owner = owner;
  }

  /** Whether the calling thread is this one, or mounted on it. */
  boolean isCaller() {
    return VirtualThreads.currentCarrier() == this;
  }

  /** The host of the task that the caller is, which is mounted on this thread. */
  @Nullable TaskHost host() {
    Task task = running;
    return task == null ? null : task.host();
  }

  /** Runs a body that closes an engine, beside its tasks. */
  void startCloser(Runnable closer) {
    closers.accept(closer);
  }

  /** Whether a task runs. */
  public boolean isRunning() {
    return running != null;
  }

  /** The task that runs; null if none does. */
  @Nullable Task current() {
    return running;
  }

  /** This thread, which has just left a task that waits with a timeout. */
  @Nullable JdkTimeout timeout(Runnable command, long delayNanos) {
    TaskHost host = host();
    tookTimeout = true;
    return host == null ? null : host.timeout(command, delayNanos);
  }

  // ---- what may run

  /** A task became runnable. Any thread. */
  void readied(Task task) {
    if (isCaller()) {
      readied.add(task);
      return;
    }
    if (!Monitors.isUnblocker()) {
      outsider.accept(task, new Throwable(Thread.currentThread().toString()));
    }
    fromOutside.add(task);
  }

  /** This thread: the next task of those that became runnable; null if there is none. */
  public @Nullable Task takeReadied() {
    return readied.poll();
  }

  /** Whether a thread of others has woken a task, and no task has run since. */
  public boolean isWokenFromOutside() {
    return !fromOutside.isEmpty();
  }

  /** This thread: runs a task until it parks, yields or ends. */
  public void run(Task task) {
    assert running == null : "one task at a time";
    running = task;
    tookTimeout = false;
    try {
      task.run();
    } finally {
      running = null;
    }
    if (!task.thread().isAlive()) {
      task.host().ended(task);
    } else if (Monitors.isWaiting(task.thread())) {
      inMonitors.add(task);
    }
    settle();
  }

  /**
   * Takes the tasks that the JDK's unblocker wakes, in the order in which they began to wait. When
   * one may be among them it must be heard: else it would come at another moment the next time.
   */
  private void settle() {
    if (inMonitors.isEmpty() && fromOutside.isEmpty()) {
      return;
    }
    if (!inMonitors.stream().allMatch(task -> Monitors.isInWait(task.thread()))) {
      barrier.await();
    }
    Set<Task> woken = new HashSet<>();
    for (Task task; (task = fromOutside.poll()) != null; ) {
      woken.add(task);
    }
    for (Task task : inMonitors) {
      if (woken.remove(task)) {
        readied.add(task);
      }
    }
    readied.addAll(woken); // those of outsiders, which are reported
    inMonitors.removeIf(task -> !Monitors.isWaiting(task.thread()));
  }
}
