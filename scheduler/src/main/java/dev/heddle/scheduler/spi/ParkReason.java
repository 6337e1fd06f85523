package dev.heddle.scheduler.spi;

import dev.heddle.scheduler.TaskState;

/**
 * A park blocker that can say what is waited for.
 *
 * <p>A caller of {@code LockSupport.park(blocker)} leaves the blocker in the thread; a dump finds
 * it there. So nothing has to be written down while all goes well, and no table of waiters has to
 * be searched. The methods are called on any thread, also when the wait is just ending: they give a
 * moment's view.
 */
public interface ParkReason {
  /** What the thread does, other than running. */
  TaskState state();

  /** What exactly it waits for, in half a line: descriptor, addresses, deadline. */
  String describe();
}
