package dev.heddle.stress;

import dev.heddle.ThrowingRunnable;
import dev.heddle.netio.Conn;
import dev.heddle.netio.PacketConn;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between a suite and the runtime: the place where tests put faults, to see that a suite
 * notices.
 *
 * <p>What a suite gets from the runtime passes through here. Outside tests nothing is changed.
 */
public interface Wiring {
  /** Nothing is changed. */
  Wiring STRAIGHT = new Wiring() {};

  /** A connection, dialled or accepted, on its way to the suite. */
  default Conn conn(Conn conn) {
    return conn;
  }

  /** The body of a task on its way to the runtime. */
  default ThrowingRunnable task(ThrowingRunnable body) {
    return body;
  }

  /** A permit for a parked thread, on its way to it. */
  default void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }

  /** A datagram socket on its way to the suite. */
  default PacketConn packetConn(PacketConn conn) {
    return conn;
  }

  /** Lets other tasks run. */
  @SuppressWarnings("ThreadPriorityCheck") // the schedule is what is under test
  default void giveWay() {
    Thread.yield();
  }

  /** A lock for tasks to contend for. */
  default Lock lock() {
    return new ReentrantLock();
  }
}
