package dev.heddle.stress;

import dev.heddle.Heddle;
import dev.heddle.cli.Starting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a suite against a fresh runtime, watches that it makes progress, and looks for leaks when it
 * is over.
 *
 * <p>The suite has a platform thread of its own. The engine's thread looks at the counters every 50
 * ms: no change for {@link Settings#stuckAfter} is a violation, and what is stuck is written down
 * before the runtime is torn down under it.
 */
final class Engine {
  private static final long TICK_MILLIS = 50;
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** The JDK opens descriptors of its own at times: a jar, a random device. */
  private static final int JDK_DESCRIPTORS = 12;

  /** So long a suite may make what it needs before the watchdog looks at it. */
  static final long MAX_SET_UP_NANOS = 60_000_000_000L;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Told how a run goes. */
  interface Watcher {
    Watcher NONE = (_, _) -> {};

    void progress(Tally tally, double part);
  }

  private final Wiring wiring;
  private final @Nullable Path evidenceFolder;
  private final AtomicReference<@Nullable Run> current = new AtomicReference<>();
  private volatile boolean cancelled;

  Engine(Wiring wiring, @Nullable Path evidenceFolder) {
    this.wiring = wiring;
    this.evidenceFolder = evidenceFolder;
  }

  /** Any thread: ends the run under way early, with its results so far, and starts no other. */
  void cancel() {
    cancelled = true;
    var run = current.get();
    if (run != null) {
      run.finishEarly();
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Runs a suite. Its failures are in the result. */
  Result run(Suite suite, Settings settings, Watcher watcher) throws InterruptedException {
    var tally = new Tally();
    long descriptorsBefore = descriptors();
    var name = "heddle-" + suite.name();
    var heddle =
        Starting.heddle(
            options ->
                options
                    .name(name)
                    .processors(settings.processors())
                    .poller(settings.poller())
                    .grace(GRACE));
    var evidence =
        new Evidence(heddle, evidenceFolder, "stuck-" + suite.name() + "-" + settings.seed());
    var run = new Run(heddle, settings, wiring, tally, evidence::take);
    current.set(run);
    if (cancelled) {
      run.finishEarly();
    }
    long startNanos = System.nanoTime();
    var sampler = new Sampler(tally, startNanos, settings.duration().toNanos());
    boolean ended = watch(suite, run, tally, evidence, sampler, watcher);
    long nanos = System.nanoTime() - startNanos;
    sampler.finish(startNanos + nanos);
    if (ended && tally.violations() == 0) { // else some may wait for ever for what went wrong
      settle(run);
    }
    run.cancel();
    heddle.close();
    current.set(null);
    if (tally.violations() == 0) {
      lookForLeaks(run, name, descriptorsBefore, tally);
    }
    return new Result(
        suite.name(),
        suite.proves(),
        settings.command(suite.name()),
        nanos,
        tally.operations(),
        tally.errors(),
        tally.violations(),
        tally.violationTexts(),
        tally.errorKinds(),
        tally.notes(),
        sampler.total(),
        sampler.samples(),
        evidence.files());
  }

  /** Runs the suite while watching it. False if it had to be given up. */
  private boolean watch(
      Suite suite, Run run, Tally tally, Evidence evidence, Sampler sampler, Watcher watcher)
      throws InterruptedException {
    var thread = Thread.ofPlatform().name("suite-" + suite.name()).start(() -> body(suite, run));
    long startNanos = System.nanoTime();
    long stuckNanos = run.settings().stuckAfter().toNanos();
    long durationNanos = run.settings().duration().toNanos();
    long lastProgress = 0;
    long lastProgressNanos = startNanos;
    long lookedNanos = startNanos;
    long setUpNanos = 0;
    long overNanos = startNanos;
    while (!thread.join(Duration.ofMillis(TICK_MILLIS))) {
      long nowNanos = System.nanoTime();
      sampler.tick(nowNanos);
      watcher.progress(tally, Math.min(1, (double) (nowNanos - startNanos) / durationNanos));
      long progress = tally.progress();
      setUpNanos += tally.isSettingUp() ? nowNanos - lookedNanos : 0;
      lookedNanos = nowNanos;
      boolean settingUp = tally.isSettingUp() && setUpNanos < MAX_SET_UP_NANOS;
      if (progress != lastProgress || settingUp) {
        lastProgress = progress;
        lastProgressNanos = nowNanos;
      }
      boolean over = run.isOver() && !settingUp; // whose end puts off the end of the run
      if (!over || evidence.isBeingTaken()) {
        overNanos = nowNanos;
      }
      String stuck = null;
      // The suite waits for its lanes that long itself, and knows better what is missing.
      if (nowNanos - overNanos > 3 * stuckNanos) {
        stuck = "the suite did not end";
      } else if (!over && nowNanos - lastProgressNanos > stuckNanos) {
        stuck = "no progress for " + TimeUnit.NANOSECONDS.toMillis(stuckNanos) + " ms";
      }
      if (stuck != null) {
        run.stuck(stuck);
        run.cancel();
        run.heddle().close();
        thread.interrupt();
        thread.join(GRACE);
        return false;
      }
    }
    return true;
  }

  private void body(Suite suite, Run run) {
    try {
      suite.run(run);
    } catch (Run.StuckException e) {
      // has been reported
    } catch (Throwable e) {
      run.violation("the suite failed: " + Run.describe(e));
    }
  }

  /** Waits until nothing of a run is left; what stays is a violation. */
  static void settle(Run run) throws InterruptedException {
    try {
      run.settle();
    } catch (Run.StuckException e) {
      return; // has been reported
    }
    if (!awaitNoSockets(run)) {
      run.stuck(run.heddle().openSockets() + " sockets are open though every task has ended");
    }
  }

  // ---- leaks

  private static boolean awaitNoSockets(Run run) throws InterruptedException {
    var heddle = run.heddle();
    long untilNanos = System.nanoTime() + run.patienceNanos();
    while (heddle.openSockets() > 0 && System.nanoTime() - untilNanos < 0) {
      Thread.sleep(TICK_MILLIS);
    }
    return heddle.openSockets() == 0;
  }

  /** Threads take their time to end, and descriptors to be closed. */
  private static void lookForLeaks(Run run, String name, long descriptorsBefore, Tally tally)
      throws InterruptedException {
    var heddle = run.heddle();
    long untilNanos = System.nanoTime() + run.patienceNanos();
    String leak = leak(heddle, name, descriptorsBefore);
    while (leak != null && System.nanoTime() - untilNanos < 0) {
      Thread.sleep(TICK_MILLIS);
      leak = leak(heddle, name, descriptorsBefore);
    }
    if (leak != null) {
      tally.violation("after closing the runtime: " + leak);
    }
  }

  private static @Nullable String leak(Heddle heddle, String name, long descriptorsBefore) {
    if (heddle.openSockets() > 0) {
      return heddle.openSockets() + " sockets are open";
    }
    if (heddle.liveTasks() > 0) {
      return heddle.liveTasks() + " tasks live";
    }
    long descriptors = descriptors();
    if (descriptors > descriptorsBefore + JDK_DESCRIPTORS) {
      return descriptors - descriptorsBefore + " more file descriptors are open than before";
    }
    var threads = new Thread[Thread.activeCount() * 2 + 16];
    int n = Thread.enumerate(threads);
    for (int i = 0; i < n; i++) {
      if (threads[i].getName().startsWith(name + "-")) {
        return "thread " + threads[i].getName() + " lives";
      }
    }
    return null;
  }

  /** How many file descriptors this process has open, where the system says so, else 0. */
  private static long descriptors() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (var files = Files.list(DESCRIPTORS)) {
      return files.count();
    } catch (java.io.IOException e) {
      return 0;
    }
  }
}
