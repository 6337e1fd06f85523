package dev.heddle.netio.poll;

/**
 * A channel behind which the system has no descriptor, such as one of a simulation: it has a number
 * of its own, which no other open channel of its network has.
 */
public interface VirtualDescriptor {
  /** The number, 0 or more; in the order in which channels are opened. */
  int number();
}
