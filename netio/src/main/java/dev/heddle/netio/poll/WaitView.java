package dev.heddle.netio.poll;

import dev.heddle.scheduler.Nanos;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.spi.Timers;
import dev.heddle.scheduler.time.Clock;

/**
 * How a wait on a poll descriptor is shown in a dump: {@code fd 12, 127.0.0.1:7000 -
 * 127.0.0.1:51234, deadline in 4.0 s}.
 */
final class WaitView {
  private WaitView() {}

  /** What a thread waits for on that side: the one place that works it out. */
  static TaskState state(PollDesc desc, boolean reader) {
    if (desc.channel.isListener()) {
      return TaskState.ACCEPT; // also its writing side, where it pauses for want of descriptors
    }
    if (reader) {
      return TaskState.IO_READ;
    }
    return desc.channel.isConnecting() ? TaskState.CONNECT : TaskState.IO_WRITE;
  }

  static String describe(PollDesc desc, long deadlineNanos) {
    ChannelAddresses addresses = desc.channel.addresses();
    String text =
        "fd " + desc.fd + ", " + (addresses.isKnown() ? addresses.joined(" - ") : "closed");
    if (deadlineNanos == Timers.NEVER) {
      return text;
    }
    // The smallest number stands for one that has passed: see PollSide.
    return text
        + (deadlineNanos == Long.MIN_VALUE
            ? ", deadline passed"
            : ", deadline " + Nanos.in(deadlineNanos - Clock.nanoTime()));
  }
}
