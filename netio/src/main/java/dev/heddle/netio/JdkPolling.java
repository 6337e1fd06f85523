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
  private static boolean tried; // guarded by the class

  private JdkPolling() {}

  /**
   * Does it, once in a JVM, unless {@code -Dheddle.jdkpoller=false}. Where it cannot be done, a
   * line of the log says why, and all waits stay with the JDK.
   */
  static synchronized void install() {
    if (tried || "false".equals(System.getProperty("heddle.jdkpoller"))) {
      return;
    }
    tried = true;
    JdkPollers.replace(new JdkPolling())
        .ifPresent(why -> LOG.warn("the JDK's channels wait in the JDK's pollers: {}", why));
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
