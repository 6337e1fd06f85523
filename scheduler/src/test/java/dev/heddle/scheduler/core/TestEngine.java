package dev.heddle.scheduler.core;

import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.inspect.Inspection;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import dev.heddle.scheduler.time.Timer;
import dev.heddle.scheduler.time.TimerHeaps;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A started engine whose parts tests may look at and meddle with. */
public final class TestEngine implements AutoCloseable {
  final IdleCarriers idle;
  final Rights rights;
  final PollerSeat seat;
  final LostRight lostRight;
  final Handoff handoff;
  final CarrierPool pool;
  final Sysmon sysmon;
  final TimerHeaps timers;
  final Shared shared;
  private final Engine engine;
  private final Inspection inspection;

  private TestEngine(Engine engine, SchedulerOptions options) {
    this.engine = engine;
    this.inspection = new Inspection(engine, options);
    this.shared = engine.shared;
    this.idle = shared.idle;
    this.rights = shared.rights;
    this.seat = shared.seat;
    this.timers = shared.timers;
    this.lostRight = engine.lostRight;
    this.handoff = engine.handoff;
    this.pool = engine.pool;
    this.sysmon = engine.sysmon;
  }

  /** Starts an engine. */
  public static TestEngine start(SchedulerOptions options, Poller poller) {
    var started = new TestEngine(Engine.create(options, _ -> poller), options);
    started.engine.start(started.inspection);
    return started;
  }

  /** The engine itself. */
  public Engine engine() {
    return engine;
  }

  Processor[] processors() {
    return shared.processors();
  }

  /** All carriers, by index, also those that have retired. */
  public Carrier[] carriers() {
    return carriers(engine);
  }

  static Carrier[] carriers(Engine engine) {
    return Arrays.stream(engine.shared.processors())
        .map(processor -> (Carrier) processor.carrier())
        .toArray(Carrier[]::new);
  }

  /** How many timers are armed. */
  public int timersSize() {
    return timers.size();
  }

  /** Whether somebody is in the poller. */
  public boolean pollerIsTaken() {
    return seat.isTaken();
  }

  /** As the façade. */
  public Thread spawn(String name, Runnable body) {
    return engine.spawn(name, body);
  }

  /** As the façade. */
  public Thread spawnPinned(int processor, String name, Runnable body) {
    return engine.spawnPinned(processor, name, body);
  }

  /** As the façade. */
  public Thread spawnOn(int processor, String name, Runnable body) {
    return engine.spawnOn(processor, name, body);
  }

  /** As the façade. */
  public Thread newThread(String name, Runnable body) {
    return engine.newThread(name, body);
  }

  /** As the façade. */
  public <T, X extends Throwable> T blocking(BlockingCall<T, X> body) throws X {
    return engine.blocking(body);
  }

  /** As the façade. */
  public Timer newTimer(Runnable action) {
    return engine.newTimer(action);
  }

  /** As the façade. */
  public void sleep(Duration duration) throws InterruptedException {
    engine.sleep(duration);
  }

  /** As the façade. */
  public boolean isCurrent() {
    return engine.isCurrent();
  }

  /** As the façade. */
  public int liveTasks() {
    return engine.liveTasks();
  }

  /** As the façade. */
  public List<Thread> threads() {
    return engine.tasks().stream().map(Task::thread).toList();
  }

  /** As the façade. */
  public SchedulerMetrics metrics() {
    return inspection.metrics();
  }

  /** As the façade. */
  public Map<TaskState, Integer> taskStates() {
    return inspection.taskStates();
  }

  /** As the façade. */
  @Override
  public void close() {
    close(Duration.ofSeconds(5), () -> {});
  }

  /** As the façade. */
  public void close(Duration grace, Runnable afterGrace) {
    engine.close(grace, afterGrace);
  }
}
