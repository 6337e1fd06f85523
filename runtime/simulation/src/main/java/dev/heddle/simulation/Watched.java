package dev.heddle.simulation;

import dev.heddle.netio.poll.PollDesc;
import dev.heddle.netio.poll.VirtualDescriptor;

/** A simulated channel, which reports its readiness. */
interface Watched extends VirtualDescriptor {
  /** Reports what is ready to {@code desc}, now and whenever that changes from now on. */
  void watch(PollDesc desc);
}
