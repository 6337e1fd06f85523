package dev.heddle.netio;

import dev.heddle.netio.jdk.JdkPollers;
import dev.heddle.netio.poll.EpollPoller;
import dev.heddle.scheduler.facade.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tasks that block in channels, sockets and selectors of the JDK wait in the epoll of their
 * runtime, and not in the threads that the JDK polls with. Other threads are served by the JDK.
 */
final class JdkPolling implements JdkPollers.Waits {
  private static final Logger LOG = LoggerFactory.getLogger(JdkPolling.class);

  private static boolean tried; // guarded by the class, as all here
  private static @Nullable JdkPollers pollers; // null if it cannot be done, or is not wanted
  private static int networks; // that are open

  private JdkPolling() {}

  /**
   * A network over epoll opens. While one is open, such tasks wait in our pollers, unless {@code
   * -Dheddle.jdkpoller=false}. Where it cannot be done, a line of the log says why, and all waits
   * stay with the JDK.
   */
  static synchronized void opened() {
    if (!tried) {
      tried = true;
      pollers = make();
    }
    if (networks++ == 0 && pollers != null) {
      pollers.replace();
    }
  }

  /** A network's poller has closed. After the last one the JDK refers to nothing of ours. */
  static synchronized void closed() {
    assert networks > 0 : "more networks have closed than opened";
    if (--networks == 0 && pollers != null) {
      pollers.restore();
    }
  }

  private static @Nullable JdkPollers make() {
    if ("false".equals(System.getProperty("heddle.jdkpoller"))) {
      return null;
    }
    try {
      return JdkPollers.make(new JdkPolling());
    } catch (UnsupportedOperationException e) {
      LOG.warn("the JDK's channels wait in the JDK's pollers: {}", e.getMessage());
      return null;
    }
  }

  private static @Nullable EpollPoller ofCaller() {
    return Scheduler.pollerOfCaller() instanceof EpollPoller poller ? poller : null;
  }

  @Override
  public boolean begin(Object poller, int fd, boolean write) throws java.io.IOException {
    EpollPoller ours = ofCaller();
    return ours != null && ours.beginJdkWait(poller, fd, write);
  }

  @Override
  public boolean end(int fd, boolean write) {
    EpollPoller ours = ofCaller();
    return ours != null && ours.endJdkWait(fd, write);
  }
}
