package dev.heddle.scheduler.core;

import dev.heddle.scheduler.spi.StackRoom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The deep sleep of sysmon while all carriers are idle, and how it ends.
 *
 * <table>
 * <caption>Each side publishes first and looks second; all of it is volatile or a
 * read-modify-write</caption>
 * <tr><th></th><th>sysmon</th><th>a carrier, or a thread outside</th></tr>
 * <tr><td>publishes</td><td>{@code asleep}</td><td>leaves idle, or queues a task and wakes nobody</td></tr>
 * <tr><td>looks at</td><td>the idle carriers, and the queue: it sleeps only if there is nothing to do</td><td>{@code asleep}: clears it and
 *     unparks</td></tr>
 * </table>
 *
 * <p>Held by {@code SysmonSleepProof}.
 */
final class SysmonSleep {
  /** True: in deep sleep, or about to be. Set by sysmon, cleared by the thread that wakes it. */
  private volatile boolean asleep;

  /** Written by sysmon, before {@code asleep}. */
  private @Nullable Thread sysmon;

  /** Sysmon: sleeps until somebody ends it, or there is something to do. */
  void sleep(BooleanSupplier nothingToDo) {
    begin();
    while (mayPark(nothingToDo)) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  /** Publishes. */
  void begin() {
    assert !asleep : "one thread sleeps here";
    sysmon = Thread.currentThread();
    asleep = true;
  }

  /** Looks. */
  boolean mayPark(BooleanSupplier nothingToDo) {
    return asleep && nothingToDo.getAsBoolean();
  }

  /** Any thread: ends a deep sleep. One volatile read when there is none. */
  void end() {
    if (asleep) {
      StackRoom.requireForWakeup(); // who clears it must unpark
      asleep = false;
      LockSupport.unpark(sysmon);
    }
  }
}
