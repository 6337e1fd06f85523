package dev.heddle.scheduler.core;

import java.lang.Thread.UncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where exceptions go that escape from tasks: to the handler of the options, or else into the log,
 * once, with the task's name.
 *
 * <p>Nothing escapes from here: it would come out of the continuation, in the carrier's loop.
 */
final class Uncaught implements UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.scheduler");

  private final @Nullable UncaughtExceptionHandler handler;

  Uncaught(@Nullable UncaughtExceptionHandler handler) {
    this.handler = handler;
  }

  @Override
  public void uncaughtException(Thread task, Throwable failure) {
    try {
      if (handler == null) {
        LOG.error("task {} failed", task, failure);
      } else {
        handler.uncaughtException(task, failure);
      }
    } catch (Throwable e) {
      report(task, failure, e);
    }
  }

  private static void report(Thread task, Throwable failure, Throwable e) {
    try {
      e.addSuppressed(failure);
      LOG.error("the handler of what tasks throw failed, in {}", task, e);
    } catch (Throwable _) {
      // no memory for a line in the log either
    }
  }
}
