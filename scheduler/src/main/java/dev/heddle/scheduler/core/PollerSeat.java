package dev.heddle.scheduler.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who is in the poller: one thread at a time.
 *
 * <table>
 * <caption>States of the seat</caption>
 * <tr><td>{@link CarrierSet#NOBODY} → index of a carrier</td><td>CAS by that carrier, to poll without blocking or to sleep in the poller</td></tr>
 * <tr><td>{@link CarrierSet#NOBODY} → {@link #SYSMON}</td><td>CAS by sysmon, when nobody has polled for 10 ms</td></tr>
 * <tr><td>index or {@link #SYSMON} → {@link CarrierSet#NOBODY}</td><td>its holder</td></tr>
 * </table>
 *
 * <p>Who finds the seat taken parks, and relies on the holder to watch the network and the timers.
 * So a holder that does not look for work next, because it is sysmon or has lost its right to run,
 * wakes another carrier.
 *
 * <p><b>Waking the sleeper in the poller.</b> A parked carrier is woken by unpark, one in the
 * poller by a wakeup; a waker must not take the one for the other. Held by {@code PollerWakeProof}.
 *
 * <table>
 * <caption>Each side publishes first and looks second</caption>
 * <tr><th></th><th>waker</th><th>carrier in the poller</th></tr>
 * <tr><td>publishes</td><td>takes the carrier out of {@link IdleCarriers} (CAS)</td><td>{@link Processor} is blocked in the poller
 *     (volatile store)</td></tr>
 * <tr><td>looks at</td><td>blocked in the poller? Then it wakes the poller, else it unparks</td><td>still idle? Else it polls without
 *     blocking</td></tr>
 * </table>
 *
 * <p>A wakeup may come late and end a later poll for nothing; it never comes too late.
 */
final class PollerSeat {
  /** Stands for sysmon; no carrier has this index. */
  static final int SYSMON = Integer.MAX_VALUE;

  private final AtomicInteger holder = new AtomicInteger(CarrierSet.NOBODY);

  /** Takes the seat for a carrier, or for {@link #SYSMON}; false if it is taken. */
  boolean tryTake(int index) {
    assert index >= 0 : "nobody takes the seat: " + index;
    return holder.get() == CarrierSet.NOBODY && holder.compareAndSet(CarrierSet.NOBODY, index);
  }

  /** The holder leaves the seat. */
  void leave(int index) {
    assert holder.get() == index : index + " leaves the seat of " + holder.get();
    holder.set(CarrierSet.NOBODY);
  }

  boolean isTaken() {
    return holder.get() != CarrierSet.NOBODY;
  }

  /** The carrier that is in the poller, {@link CarrierSet#NOBODY} if none is; a moment's view. */
  int carrierInside() {
    int index = holder.get();
    return index == SYSMON ? CarrierSet.NOBODY : index;
  }
}
