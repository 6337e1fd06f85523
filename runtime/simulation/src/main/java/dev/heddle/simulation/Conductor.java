package dev.heddle.simulation;

import dev.heddle.scheduler.facade.DrivenTask;
import dev.heddle.scheduler.facade.Driver;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.simulation.jdk.Hooks;
import dev.heddle.simulation.jdk.SimulatedTime;
import dev.heddle.simulation.jdk.TimedCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a simulation: run what may run, one task at a time; when nothing may, move the time
 * to what comes next.
 *
 * <p>All of it is on the driver's thread, between tasks or in them; only {@link #await} is not.
 */
final class Conductor {
  private static final int STARTED = 1;
  private static final int RUNS = 2;
  private static final int NOTE = 9;
  private static final long STUCK_MILLIS = 60_000;

  /** How long a thread of others is waited for, in real time, before a deadlock is reported. */
  private static final int OUTSIDER_MILLIS = 200;

  /** Driver to conductor, of those that run: for what a task does by the JDK's means. */
  private static final Map<Driver, Conductor> CURRENT = new ConcurrentHashMap<>();

  final EventLog log;
  final Wire wire;
  private final SimulationOptions options;
  private final Strategy.Order order;
  private final Driver driver;
  private final Simulation.Body body;
  private final Simulation simulation;
  private final long seed;
  private final IdentityHashMap<Scheduler, Host> hostOf = new IdentityHashMap<>();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<InetAddress, Host> byAddress = new LinkedHashMap<>();
  private final List<SimulatedTask> runnable = new ArrayList<>();
  private final ArrayDeque<Runnable> between = new ArrayDeque<>();
  private final @Nullable String withoutHooks; // why the JDK's time stays real; null if it does not
  private final InstantSource clock = () -> SimulatedTime.BEGINNING.plusNanos(sinceBeginning());

  private @Nullable SimulatedTask running;
  private @Nullable SimulatedTask last; // the one that ran last
  private boolean gaveWay; // because the strategy wanted it
  private int started;
  private long readied;
  private long step;
  private volatile long steps; // the same, read by who waits for the end
  private boolean bodyEnded;
  private volatile @Nullable Throwable failure; // the first; by the driver, or by an outsider

  Conductor(long seed, SimulationOptions options, Simulation.Body body) {
    this.seed = seed;
    this.options = options;
    this.body = body;
    this.log = new EventLog(options.log());
    this.wire = new Wire(this, seed);
    wire.setDefaults(options.rules());
    this.order = options.strategy().order(seed);
    this.driver =
        new Driver(
            "heddle-simulation-" + seed,
            this::run,
            this::outsider,
            closer -> host("control").go("closer", closer::run));
    this.simulation = new Simulation(this, seed);
    this.withoutHooks = Hooks.install(new SimulatedTime(Conductor::opening));
  }

  // ---- from outside

  /** Runs it to its end; the calling thread waits. */
  Outcome await() {
    CURRENT.put(driver, this);
    driver.start();
    long seen = -1;
    try {
      while (!driver.thread().join(Duration.ofMillis(STUCK_MILLIS))) {
        if (seen == steps) {
          var stuck = new IllegalStateException("a task computes for ever, or blocks its carrier");
          stuck.setStackTrace(driver.thread().getStackTrace());
          failure = stuck;
          break;
        }
        seen = steps;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(new IllegalStateException("the thread that waits for the simulation is interrupted"));
    } finally {
      CURRENT.remove(driver);
    }
    return new Outcome(
        seed, Duration.ofNanos(sinceBeginning()), steps, log.fingerprint(), log.text(), failure);
  }

  // ---- the loop

  private void run() {
    try {
      Host control = host("control");
      control.go("body", this::runBody);
      options.faults().draw(seed).forEach(fault -> wire.after(fault.nanos(), () -> happen(fault)));
      while (!bodyEnded && failure == null) {
        if (driver.runOverdue()) {
          wire.runDue();
        }
        takeReadied();
        if (!between.isEmpty()) {
          between.remove().run();
        } else if (!runnable.isEmpty()) {
          runOne();
        } else if (!moveOn()) {
          nothingHappens();
        }
      }
    } catch (Throwable e) {
      failed(e);
    } finally {
      hosts.values().forEach(Host::release);
    }
  }

  private void runBody() throws Exception {
    body.run(simulation);
    bodyEnded = true;
  }

  private void takeReadied() {
    for (DrivenTask driven; (driven = driver.takeReadied()) != null; ) {
      SimulatedTask task = (SimulatedTask) driven.attachment();
      if (task == null) {
        Host host = Objects.requireNonNull(hostOf.get(driven.scheduler()));
        task = new SimulatedTask(driven, host, ++started);
        driven.attach(task);
        driven.seedRandom(Dice.mix(seed + Dice.mix(task.number)));
        order.started(task);
        log.add(sinceBeginning(), STARTED, task.number);
      }
      if (task == last && !gaveWay) {
        order.yielded(task);
      }
      task.readied = ++readied;
      task.readiedNanos = sinceBeginning();
      runnable.add(task);
    }
  }

  private void runOne() {
    int index = runnable.size() == 1 ? 0 : order.choose(runnable);
    SimulatedTask task = runnable.get(index);
    runnable.set(index, runnable.getLast());
    runnable.removeLast();
    steps = ++step;
    if (step > options.stepLimit()) {
      failed(new IllegalStateException("more than " + options.stepLimit() + " steps"));
      return;
    }
    log.add(sinceBeginning(), RUNS, task.number);
    if (log.hasText()) {
      log.line(sinceBeginning(), task + " runs");
    }
    running = task;
    last = task;
    gaveWay = false;
    long nanos = sinceBeginning();
    driver.run(task.driven);
    running = null;
    Consumer<Step> steps = options.steps();
    if (steps != null) {
      Thread thread = task.driven.thread();
      steps.accept(
          new Step(
              task.host.name(),
              thread.getName(),
              task.number,
              task.readiedNanos,
              nanos,
              thread.getState()));
    }
    if (withoutHooks != null && driver.tookTimeout()) {
      requireSimulatedWait(task.driven.thread());
    }
  }

  /** Moves the time to the next timer or packet; false if there is none. */
  private boolean moveOn() {
    long next = Math.min(driver.nextTimerNanos(), wire.nextNanos());
    if (next == Wire.NEVER) {
      return false;
    }
    if (next - Driver.BEGINNING_NANOS > options.timeLimit().toNanos()) {
      failed(new IllegalStateException("not over after " + options.timeLimit() + "\n" + dump()));
      return true;
    }
    driver.advance(Math.max(next, driver.nanoTime()));
    wire.runDue();
    return true;
  }

  /**
   * Nothing of the simulation's own can happen any more. If a thread of others acts, it says so.
   */
  private void nothingHappens() {
    for (int i = 0; i < OUTSIDER_MILLIS && failure == null && !driver.isWokenFromOutside(); i++) {
      LockSupport.parkNanos(1_000_000);
    }
    failed(
        driver.isWokenFromOutside()
            ? new NotDeterministicError("a thread of others leaves a monitor, or ends\n" + dump())
            : new DeadlockError(dump()));
  }

  private void happen(Fault fault) {
    List<Host> some = hosts.values().stream().filter(Host::hasProgram).toList();
    if (some.isEmpty()) {
      return;
    }
    Host one = some.get(fault.one() % some.size());
    Host other = some.get(fault.other() % some.size());
    switch (fault.kind()) {
      case PARTITION -> simulation.partition(one, other, fault.duration());
      case CUT -> simulation.cut(one, other, fault.duration());
      case CRASH -> one.crash();
      case KILL -> one.kill();
    }
    if (!one.runs()) {
      wire.after(
          fault.duration().toNanos(),
          () -> {
            if (!one.runs()) {
              one.restart();
            }
          });
    }
  }

  private String dump() {
    var text = new StringBuilder();
    for (Host host : hosts.values()) {
      if (host.isUp() && host.heddle().liveTasks() > 0) {
        text.append("host ")
            .append(host.name())
            .append(":\n")
            .append(host.heddle().dump())
            .append('\n');
      }
    }
    return text.toString();
  }

  // ---- failures

  private void failed(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  /**
   * Something escapes from a task. What the network does to a task is no failure of the program.
   */
  private void uncaught(Throwable e) {
    boolean isBody = running != null && running.host == hosts.get("control");
    if (isBody || !(e instanceof IOException || e instanceof InterruptedException)) {
      failed(e);
    }
  }

  private void outsider(Thread woken, Throwable where) {
    var error =
        new NotDeterministicError(
            where.getMessage()
                + " starts or wakes the task "
                + woken.getName()
                + ": the next run would see it at another moment");
    error.setStackTrace(where.getStackTrace());
    failed(error);
  }

  /** A task has begun a timed wait, and the JDK reads the system's clock. */
  private void requireSimulatedWait(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    String call = TimedCall.bySystemClock(stack);
    if (call != null) {
      var error =
          new NotDeterministicError(
              call
                  + " with a timeout in the task "
                  + thread.getName()
                  + " waits by the system's clock, as "
                  + withoutHooks);
      error.setStackTrace(stack);
      failed(error);
    }
  }

  /** A task is about to open what cannot be simulated: it fails, and so does the run. */
  private static void opening(String what) {
    var error =
        new NotDeterministicError(
            "the task " + Thread.currentThread().getName() + " opens " + what);
    Driver driver = Driver.current();
    Conductor conductor = driver == null ? null : CURRENT.get(driver);
    if (conductor != null) {
      conductor.failed(error);
    }
    throw error;
  }

  // ---- for hosts and the wire

  Scheduler newScheduler(Host host) {
    Scheduler scheduler =
        driver.scheduler(
            SchedulerOptions.DEFAULT
                .withName(host.name())
                .withProcessors(1)
                .withMaxSpareCarriers(0)
                .withUncaught((_, e) -> uncaught(e)),
            SimulatedPoller::new);
    hostOf.put(scheduler, host);
    return scheduler;
  }

  void abandon(Host host, Scheduler scheduler) {
    driver.abandon(scheduler);
    hostOf.remove(scheduler);
    runnable.removeIf(task -> task.driven.scheduler() == scheduler);
  }

  /** Runs something before the next task does. */
  void between(Runnable what) {
    between.add(what);
  }

  long nanoTime() {
    return driver.nanoTime();
  }

  long sinceBeginning() {
    return driver.nanoTime() - Driver.BEGINNING_NANOS;
  }

  InstantSource clock() {
    return clock;
  }

  /** The task that runs may have to give way to another here. */
  @SuppressWarnings("ThreadPriorityCheck") // the driver decides what a yield does
  void point() {
    SimulatedTask task = running;
    if (task != null && Thread.currentThread() == task.driven.thread() && order.givesWay(task)) {
      gaveWay = true;
      Thread.yield();
    }
  }

  void note(String what, @Nullable Host host) {
    log.add(sinceBeginning(), NOTE, what.hashCode());
    if (log.hasText()) {
      log.line(sinceBeginning(), host == null ? what : host.name() + " " + what);
    }
  }

  Host host(String name) {
    Host known = hosts.get(name);
    if (known != null) {
      return known;
    }
    int number = hosts.size() + 1;
    try {
      InetAddress address =
          InetAddress.getByAddress(name, new byte[] {10, 0, (byte) (number >> 8), (byte) number});
      var made = new Host(this, name, address);
      hosts.put(name, made);
      byAddress.put(address, made);
      return made;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // four bytes are an address
    }
  }

  @Nullable Host hostNamed(String name) {
    return hosts.get(name);
  }

  @Nullable Host hostAt(InetAddress address) {
    return byAddress.get(address);
  }
}
