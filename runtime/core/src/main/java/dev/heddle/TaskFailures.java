package dev.heddle;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The default handler of what escapes from tasks: logs it once, as loud as it deserves. */
final class TaskFailures implements UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Heddle.class);

  private volatile boolean closing; // set once, by the closer

  /** The runtime begins to close: interrupts and rejections are to be expected from now on. */
  void closing() {
    closing = true;
  }

  @Override
  public void uncaughtException(Thread task, Throwable failure) {
    switch (failure) {
      case ClosedChannelException e ->
          LOG.debug("task {} ended: its channel was closed", name(task), e);
      case RejectedExecutionException e when closing ->
          LOG.debug("task {} ended: the runtime closes", name(task), e);
      case InterruptedException e when closing ->
          LOG.debug("task {} ended: the runtime closes", name(task), e);
      case IOException e when isByPeer(e) ->
          LOG.debug("task {} ended: its peer has gone", name(task), e);
      case IOException e -> { // a line, not a stack
        LOG.warn("task {} ended: {}", name(task), e.toString());
        LOG.debug("its stack", e);
      }
      default -> LOG.error("task {} failed", name(task), failure);
    }
  }

  /** As in dumps. */
  private static String name(Thread task) {
    return task.getName().isEmpty() ? "#" + task.threadId() : task.getName();
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
