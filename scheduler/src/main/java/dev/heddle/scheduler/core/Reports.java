package dev.heddle.scheduler.core;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");
  private static final int MAX_WAITING = 100;
  private static final ThreadPoolExecutor WRITER = writer();

  private Reports() {}

  /** Makes all that a report takes: when one is needed, there may be no memory for that. */
  static void load() {
    new Bug("", "", null).run();
  }

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

  /** Reports a bug, or what no memory has caused. Never throws. */
  static void writeBug(String scheduler, String what, Throwable failure) {
    try {
      WRITER.execute(new Bug(scheduler, what, failure));
    } catch (Throwable _) {
      // no memory to say so: the caller continues
    }
  }

  /** A line. A class of its own, as a lambda would be made when it is first needed. */
  private record Bug(String scheduler, String what, @Nullable Throwable failure)
      implements Runnable {
    @Override
    public void run() {
      try {
        if (failure == null) {
          LOG.trace("no bug in {}: {}", scheduler, what);
        } else {
          LOG.error("bug in {}: {}", scheduler, what, failure);
        }
      } catch (Throwable _) {
        // no memory for a line: the thread that writes outlives that
      }
    }
  }
}
