package dev.heddle;

import dev.heddle.netio.errno.Errno;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.spi.LogLimit;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default handler of what escapes from tasks: logs it once, as loud as it deserves.
 *
 * <p>Clients can cause most of it, by what they send. So each kind has a line a second at most, and
 * controls in names and messages are escaped.
 */
final class TaskFailures implements UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Heddle.class);
  private static final int MAX_DEPTH = 100; // of causes, which may go in a circle

  private final LogLimit limit;
  private volatile boolean closing; // set once, by the closer

  TaskFailures(LogLimit limit) {
    this.limit = limit;
  }

  /** The runtime begins to close: interrupts and rejections are to be expected from now on. */
  void closing() {
    closing = true;
  }

  /** The runtime has closed: those that were left out and counted in no line have the last one. */
  void closed() {
    long left = limit.drain();
    if (left > 0) {
      LOG.warn("{} more tasks failed than the lines above say", left);
    }
  }

  @Override
  public void uncaughtException(Thread task, Throwable failure) {
    switch (failure) {
      case ClosedChannelException e -> debug(task, "its channel was closed", e);
      case Throwable e when closing && isOfClosing(e) -> debug(task, "the runtime closes", e);
      case IOException e when isByPeer(e) -> debug(task, "its peer has gone", e);
      case IOException e -> { // a line, not a stack
        long left = limit.pass(LogLimit.causeOf(e));
        if (left != LogLimit.LEFT_OUT) {
          String words = Printable.text(e.toString());
          LOG.warn("task {} ended: {}{}", name(task), words, LogLimit.note(left));
        }
        debug(task, "with this stack", e);
      }
      default -> {
        long left = limit.pass(LogLimit.causeOf(failure));
        if (left != LogLimit.LEFT_OUT) {
          String note = LogLimit.note(left);
          LOG.error("task {} failed{}", name(task), note, Printable.failure(failure));
        }
      }
    }
  }

  private static void debug(Thread task, String why, Throwable failure) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("task {} ended: {}", name(task), why, Printable.failure(failure));
    }
  }

  /**
   * What closing brings about: sockets and channels end, ours and those of drivers, which wrap the
   * reason in exceptions of their own.
   */
  private static boolean isOfClosing(Throwable failure) {
    Throwable e = failure;
    for (int depth = 0; e != null && depth < MAX_DEPTH; depth++) {
      if (e instanceof IOException
          || e instanceof InterruptedException
          || e instanceof RejectedExecutionException
          || e instanceof CancellationException) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }

  /** As in dumps. */
  private static String name(Thread task) {
    return task.getName().isEmpty() ? "#" + task.threadId() : Printable.text(task.getName());
  }

  /** A client that resets its connection is everyday life, and nothing one could mend. */
  private static boolean isByPeer(IOException e) {
    Errno errno = Errno.of(e);
    return errno == Errno.ECONNRESET || errno == Errno.EPIPE;
  }

  /** Throws anything, checked or not. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> RuntimeException escape(Throwable failure) throws T {
    throw (T) failure;
  }
}
