package dev.heddle.trace;

import dev.heddle.scheduler.events.HandedOff;
import dev.heddle.scheduler.events.MonopolyStack;
import dev.heddle.scheduler.events.NetworkWait;
import dev.heddle.scheduler.events.Poll;
import dev.heddle.scheduler.events.ProcessorIdle;
import dev.heddle.scheduler.events.QueueDepth;
import dev.heddle.scheduler.events.RunSlice;
import dev.heddle.scheduler.events.Steal;
import dev.heddle.scheduler.events.SysmonRound;
import dev.heddle.scheduler.events.TaskCreated;
import dev.heddle.scheduler.events.TimerFired;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A toy scheduler on a few threads that emits the real events, so that recordings can be tested
 * whose contents are known.
 *
 * <p>Tasks are counters that run for some microseconds, then wait for "the network" (until somebody
 * polls), park (until a running task readies them), yield, or are done. One of them is a hog: it
 * runs last and longer than any other did, however long the machine held those up.
 */
final class SyntheticLoad {
  private static final int STEPS_PER_TASK = 20;
  private static final long HOG_NANOS = 15_000_000;
  private static final String[] NAMES = {"conn-", "worker-", "ticker"};

  private final int processors;
  private final int tasks;
  private final long spinNanos;
  private final Queue<SimTask> runnable = new ConcurrentLinkedQueue<>();
  private final Queue<SimTask> network = new ConcurrentLinkedQueue<>();
  private final Queue<SimTask> parked = new ConcurrentLinkedQueue<>();
  private final ReentrantLock poller = new ReentrantLock();
  private final AtomicLong nextId = new AtomicLong(100);
  private final AtomicInteger live = new AtomicInteger(); // the hog apart
  private final AtomicLong longestNanos = new AtomicLong(HOG_NANOS / 2);
  private final AtomicLong slices = new AtomicLong();
  private final AtomicLong polls = new AtomicLong();
  private final AtomicLong readiedByPoller = new AtomicLong();

  /** What was emitted. */
  record Emitted(
      long tasks, long slices, long polls, long readiedByPoller, long steals, long handoffs) {}

  private static final class SimTask {
    long id;
    String name = "";
    int steps;
    long slices;
    long createdNanos;
    long lastEndNanos;
    long queuedNanos;
    long seenNanos;
    String waitedFor = "start";
    String readier = "start";
    long readierTaskId;
    int readierProcessor = -1;
  }

  private SyntheticLoad(int processors, int tasks, long spinNanos) {
    this.processors = processors;
    this.tasks = tasks;
    this.spinNanos = spinNanos;
  }

  /** Runs the load and records it. */
  static Emitted record(Path file, int processors, int tasks, long spinNanos) {
    try (TraceRecorder _ = TraceRecorder.start(file)) {
      return run(processors, tasks, spinNanos);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A small recording: 2 processors, 6000 slices. */
  static Emitted record(Path file) {
    return record(file, 2, 300, 5_000);
  }

  /** Runs the load; records only if somebody else does. */
  static Emitted run(int processors, int tasks, long spinNanos) {
    return new SyntheticLoad(processors, tasks, spinNanos).run();
  }

  private Emitted run() {
    live.set(tasks - 1);
    for (int i = 0; i < tasks; i++) {
      create(NAMES[i % NAMES.length] + (i % NAMES.length == 2 ? "" : i), 0);
    }
    SimTask hog = runnable.remove();
    List<Thread> carriers = new ArrayList<>();
    for (int p = 0; p < processors; p++) {
      int processor = p;
      SimTask first = runnable.remove(); // or a thread that starts late would find none left
      carriers.add(new Thread(() -> carrier(processor, first, hog), "sim-carrier-" + p));
    }
    carriers.forEach(Thread::start);
    carriers.forEach(SyntheticLoad::join);
    extras();
    return new Emitted(tasks, slices.get(), polls.get(), readiedByPoller.get(), 1, 1);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void create(String name, long parent) {
    var task = new SimTask();
    task.id = nextId.getAndIncrement();
    task.name = name;
    task.steps = task.id == 100 ? 1 : STEPS_PER_TASK;
    var event = new TaskCreated();
    event.taskId = task.id;
    event.taskName = name;
    event.parentTaskId = parent;
    event.commit();
    task.createdNanos = System.nanoTime();
    task.lastEndNanos = task.createdNanos;
    ready(task, "start", 0, -1, 0);
  }

  private void ready(
      SimTask task, String readier, long readierTask, int readierProcessor, long seenNanos) {
    task.readier = readier;
    task.readierTaskId = readierTask;
    task.readierProcessor = readierProcessor;
    task.queuedNanos = System.nanoTime();
    task.seenNanos = seenNanos == 0 ? 0 : task.queuedNanos - seenNanos;
    runnable.add(task);
  }

  private void carrier(int processor, SimTask first, SimTask hog) {
    var random = new Random(processor);
    slice(first, processor, random);
    while (live.get() > 0) {
      SimTask task = runnable.poll();
      if (task != null) {
        slice(task, processor, random);
        continue;
      }
      if (!poll(processor)) {
        wakeParked();
        var idle = new ProcessorIdle();
        idle.begin();
        LockSupport.parkNanos(20_000);
        idle.processor = processor;
        idle.inPoller = processor == 0;
        idle.commit();
      }
    }
    if (processor == 0) {
      slice(hog, processor, random);
    }
  }

  /** Nothing is left that could ready it. */
  private void wakeParked() {
    SimTask task = runnable.isEmpty() ? parked.poll() : null;
    if (task != null) {
      ready(task, "external", 0, -1, 0);
    }
  }

  private boolean poll(int processor) {
    if (!poller.tryLock()) {
      return false;
    }
    try {
      var event = new Poll();
      event.begin();
      LockSupport.parkNanos(1_000);
      long seen = System.nanoTime();
      int readied = 0;
      for (SimTask task = network.poll(); task != null; task = network.poll()) {
        ready(task, "poller", 0, processor, seen);
        readied++;
      }
      event.processor = processor;
      event.timeoutNanos = readied > 0 ? 0 : -1;
      event.events = readied;
      event.readied = readied;
      event.commit();
      polls.incrementAndGet();
      readiedByPoller.addAndGet(readied);
      return readied > 0;
    } finally {
      poller.unlock();
    }
  }

  private void slice(SimTask task, int processor, Random random) {
    var event = new RunSlice();
    long start = System.nanoTime();
    event.begin();
    event.waitedNanos = task.queuedNanos - task.lastEndNanos;
    event.runnableNanos = start - task.queuedNanos;
    boolean hog = task.id == 100;
    spin(hog ? 2 * longestNanos.get() : random.nextLong(spinNanos / 2, spinNanos * 3 / 2 + 1));
    SimTask other = random.nextInt(3) == 0 ? parked.poll() : null;
    if (other != null) {
      ready(other, "task", task.id, processor, 0);
    }
    if (hog) {
      var stack = new MonopolyStack();
      stack.taskId = task.id;
      stack.taskName = task.name;
      stack.processor = processor;
      stack.ranNanos = HOG_NANOS;
      stack.stack = "app.Hog.compute:12\napp.Hog.run:3";
      stack.commit();
    }
    event.taskId = task.id;
    event.taskName = task.name;
    event.sliceNumber = ++task.slices;
    event.processor = processor;
    event.carrierId = Thread.currentThread().threadId();
    event.waitedFor = task.waitedFor;
    event.seenNanos = task.seenNanos;
    event.readier = task.readier;
    event.readierTaskId = task.readierTaskId;
    event.readierProcessor = task.readierProcessor;
    String end = --task.steps == 0 ? "done" : ENDS[random.nextInt(ENDS.length)];
    event.end = end;
    if (end.startsWith("io-")) {
      event.endFd = (int) task.id;
      event.endPeer = "/127.0.0.1:" + (40_000 + task.id);
    }
    task.lastEndNanos = System.nanoTime();
    event.end();
    event.ranNanos = task.lastEndNanos - start;
    event.ageNanos = task.lastEndNanos - task.createdNanos;
    event.commit();
    longestNanos.accumulateAndGet(event.ranNanos, Math::max);
    slices.incrementAndGet();
    after(task, end);
  }

  private static final String[] ENDS = {"io-read", "io-read", "io-write", "park", "yield"};

  private void after(SimTask task, String end) {
    task.waitedFor = end;
    switch (end) {
      case "done" -> live.decrementAndGet();
      case "yield" -> {
        ready(task, "yield", 0, -1, 0);
        task.queuedNanos = Math.max(task.queuedNanos, task.lastEndNanos);
      }
      case "park" -> parked.add(task);
      default -> {
        if (task.slices % 10 == 1) {
          var wait = new NetworkWait();
          wait.begin();
          wait.taskId = task.id;
          wait.taskName = task.name;
          wait.operation = end;
          wait.commit();
        }
        network.add(task);
      }
    }
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** One of each of the rarer events. */
  private void extras() {
    var steal = new Steal();
    steal.thief = 1;
    steal.victim = 0;
    steal.tasks = 5;
    steal.commit();
    var handoff = new HandedOff();
    handoff.from = 0;
    handoff.to = 1;
    handoff.taskId = 100;
    handoff.taskName = NAMES[0] + 0;
    handoff.commit();
    var timer = new TimerFired();
    timer.lateNanos = 70_000;
    timer.commit();
    var round = new SysmonRound();
    round.begin();
    round.polled = true;
    round.sleptNanos = 10_000_000;
    round.commit();
    var depth = new QueueDepth();
    depth.processor = -1;
    depth.depth = 3;
    depth.runnable = 9;
    depth.commit();
  }
}
