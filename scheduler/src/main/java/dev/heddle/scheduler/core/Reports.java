package dev.heddle.scheduler.core;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread that logs for carriers and sysmon, which must not do so themselves.
 *
 * <p>A logger has a lock, and a task may hold it or stand in its queue, unmounted. A carrier or
 * sysmon that queued behind it would wait for a task which waits for a carrier. So they leave their
 * lines here. When more come than can be written, the rest is left out.
 *
 * <p>One thread for all schedulers, made when there is something to log and gone soon after.
 * Thread-safe; the caller never waits.
 */
final class Reports {
  private static final int MAX_WAITING = 100;
  private static final ThreadPoolExecutor WRITER = writer();

  private Reports() {}

  /** Does nothing but load this class: when it is needed, there may be no memory for that. */
  static void load() {}

  private static ThreadPoolExecutor writer() {
    var writer =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("heddle-reports").daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    writer.allowCoreThreadTimeOut(true);
    return writer;
  }

  /** Has {@code line} run by the writing thread. */
  static void write(Runnable line) {
    WRITER.execute(line);
  }
}
