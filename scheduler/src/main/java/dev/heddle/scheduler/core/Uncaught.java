package dev.heddle.scheduler.core;

import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.LogLimit;
import java.lang.Thread.UncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where exceptions go that escape from tasks: to the handler of the options, or into the log, with
 * the task's name: once, and each kind once a second at most.
 *
 * <p>Nothing escapes from here: it would come out of the continuation, in the carrier's loop.
 */
final class Uncaught implements UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");

  private final @Nullable UncaughtExceptionHandler handler;
  private final LogLimit limit = new LogLimit();

  Uncaught(@Nullable UncaughtExceptionHandler handler) {
    this.handler = handler;
  }

  @Override
  public void uncaughtException(Thread task, Throwable failure) {
    try {
      Trace.failed();
      if (handler == null) {
        log(task, failure);
      } else {
        handler.uncaughtException(task, failure);
      }
    } catch (Throwable e) {
      report(task, failure, e);
    }
  }

  private void log(Thread task, Throwable failure) {
    long left = limit.pass(LogLimit.causeOf(failure));
    if (left != LogLimit.LEFT_OUT) {
      String name = Printable.text(task.toString());
      LOG.error("task {} failed{}", name, LogLimit.note(left), Printable.failure(failure));
    }
  }

  private static void report(Thread task, Throwable failure, Throwable e) {
    try {
      e.addSuppressed(failure);
      LOG.error(
          "the handler of what tasks throw failed, in {}",
          Printable.text(task.toString()),
          Printable.failure(e));
    } catch (Throwable _) {
      // no memory for a line in the log either
    }
  }
}
