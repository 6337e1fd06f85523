package dev.heddle;

import dev.heddle.jdk.KnownSettings;
import dev.heddle.netio.Network;
import dev.heddle.netio.PollerKind;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.LogLimit;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up a runtime: {@link Heddle#builder}. Not thread-safe.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="builder"}
 */
public final class HeddleBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(HeddleBuilder.class);

  private SchedulerOptions options = SchedulerOptions.DEFAULT;
  private PollerKind poller = PollerKind.AUTO;
  Duration grace = Duration.ofSeconds(2);
  boolean jmx;
  InstantSource clock = InstantSource.system();
  @Nullable FlightRecorderOptions flightRecorder;
  private @Nullable UncaughtExceptionHandler uncaught;

  HeddleBuilder() {
    options = options.withSchedTraceMillis(schedTraceProperty());
  }

  private static long schedTraceProperty() {
    String value = System.getProperty("heddle.schedtrace", "0");
    try {
      long millis = Long.parseLong(value);
      if (millis >= 0) {
        return millis;
      }
    } catch (NumberFormatException _) {
      // as bad as one below 0
    }
    LOG.warn("-Dheddle.schedtrace={} is ignored: it must be a number of milliseconds", value);
    return 0;
  }

  /** Prefix of the runtime's thread names; default {@code heddle}. */
  public HeddleBuilder name(String name) {
    options = options.withName(name);
    return this;
  }

  /**
   * How many tasks may run at the same time, 1 to 1024; default: as many as the JVM sees
   * processors.
   */
  public HeddleBuilder processors(int processors) {
    options = options.withProcessors(processors);
    return this;
  }

  /**
   * How many carriers may be added for processors taken from tasks that compute or block, 0 to
   * 10,000; default 256. At the bound tasks wait for those, and the log says so; 0: nothing is ever
   * taken.
   */
  public HeddleBuilder maxSpareCarriers(int maxSpareCarriers) {
    options = options.withMaxSpareCarriers(maxSpareCarriers);
    return this;
  }

  /** Which poller; default {@link PollerKind#AUTO}. */
  public HeddleBuilder poller(PollerKind poller) {
    this.poller = poller;
    return this;
  }

  /** How long {@link Heddle#close} lets tasks end by themselves; default 2 s. */
  public HeddleBuilder grace(Duration grace) {
    this.grace = Objects.requireNonNull(grace, "grace");
    return this;
  }

  /** For tests: changes what has no method here. */
  HeddleBuilder with(UnaryOperator<SchedulerOptions> change) {
    options = change.apply(options);
    return this;
  }

  /**
   * Measures how long tasks are runnable before they run: {@link SchedulerMetrics#latency}, and how
   * long tasks have been so in a dump. All other metrics are always there. Default off.
   */
  public HeddleBuilder metrics(boolean on) {
    options = options.withMetrics(on);
    return this;
  }

  /**
   * Makes metrics and dump available as {@code dev.heddle:type=Heddle,name=NAME}, a {@link
   * HeddleMXBean}. Default off.
   */
  public HeddleBuilder jmx(boolean on) {
    this.jmx = on;
    return this;
  }

  /**
   * Records a trace all the time and keeps its last moments, for {@link Heddle#dumpTrace()}. Costs
   * what recording costs. Default: none.
   */
  public HeddleBuilder flightRecorder(FlightRecorderOptions options) {
    this.flightRecorder = Objects.requireNonNull(options, "options");
    return this;
  }

  /**
   * Prints a line about the scheduler to standard error so often; zero: never. Default: {@code
   * -Dheddle.schedtrace=MILLIS}, or never.
   */
  public HeddleBuilder schedTrace(Duration interval) {
    options = options.withSchedTraceMillis(TimeUnit.MILLISECONDS.convert(interval));
    return this;
  }

  /** Logs a dump when all tasks are asleep and nothing is left that could wake one. Default off. */
  public HeddleBuilder deadlockReport(boolean on) {
    options = options.withDeadlockReport(on);
    return this;
  }

  /**
   * Gets every exception that escapes from a task, on the task's thread. Default: it is logged with
   * the task's name; that of a channel that was closed, or reset by its peer, only at level debug,
   * and another {@link IOException} without its stack, as a warning.
   */
  public HeddleBuilder uncaught(UncaughtExceptionHandler handler) {
    this.uncaught = handler;
    return this;
  }

  /**
   * Starts the runtime. Throws what {@link Heddle#start()} does.
   *
   * @throws IllegalStateException if this machine does not have the poller that was asked for
   */
  public Heddle start() {
    Preflight.check();
    KnownSettings.add();
    if (Boolean.getBoolean("heddle.sockets")) {
      Heddle.installSockets();
    }
    var failures = new TaskFailures(new LogLimit());
    var handled = options.withUncaught(uncaught == null ? failures : uncaught);
    var scheduler = Scheduler.start(handled, timers -> Network.openPoller(poller, timers));
    return new Heddle(scheduler, Network.of(scheduler), this, failures);
  }
}
