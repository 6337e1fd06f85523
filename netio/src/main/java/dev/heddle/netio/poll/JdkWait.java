package dev.heddle.netio.poll;

import dev.heddle.netio.jdk.JdkPollers;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.events.NetworkWait;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.spi.ParkReason;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a task waits for in a channel, socket or selector of the JDK, for dumps and traces. What the
 * JDK waits for is only a descriptor number, so the system is asked what is behind it.
 */
final class JdkWait implements ParkReason {
  private final int fd;
  private final boolean write;
  private final @Nullable NetworkWait event; // of a recording

  JdkWait(int fd, boolean write) {
    this.fd = fd;
    this.write = write;
    if (Trace.isOn()) {
      event = new NetworkWait();
      event.begin();
      event.taskId = Thread.currentThread().threadId();
      event.taskName = Thread.currentThread().getName();
      event.fd = fd;
      event.operation = state().toString();
      event.peer = peer();
      Trace.waiting(event.operation, fd, event.peer);
    } else {
      event = null;
    }
  }

  /** The wait is over, on the thread that waited. */
  void ended() {
    if (event != null) {
      Trace.waited();
      event.commit();
    }
  }

  private @Nullable String peer() {
    InetSocketAddress remote = JdkPollers.remoteAddress(fd);
    return remote == null ? null : remote.toString();
  }

  @Override
  public TaskState state() {
    InetSocketAddress local = JdkPollers.localAddress(fd);
    boolean connected = local == null || JdkPollers.remoteAddress(fd) != null;
    if (write) {
      return connected ? TaskState.IO_WRITE : TaskState.CONNECT;
    }
    return connected || !JdkPollers.listens(fd) ? TaskState.IO_READ : TaskState.ACCEPT;
  }

  @Override
  public String describe() {
    InetSocketAddress local = JdkPollers.localAddress(fd);
    if (local == null) {
      return "fd " + fd + ", a selector or pipe";
    }
    InetSocketAddress remote = JdkPollers.remoteAddress(fd);
    return "fd "
        + fd
        + ", "
        + ChannelAddresses.format(local)
        + (remote == null ? "" : " - " + ChannelAddresses.format(remote));
  }
}
