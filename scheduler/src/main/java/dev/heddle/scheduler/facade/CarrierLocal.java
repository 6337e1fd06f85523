package dev.heddle.scheduler.facade;

import dev.heddle.scheduler.core.Engine;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value for each carrier: scratch memory that stays in its cache, whichever task uses it.
 *
 * <p>A task may use the value of its carrier until it parks, yields or enters a monitor: up to then
 * no other task runs on that carrier, and this one on no other. It keeps no reference longer.
 *
 * <p>Each instance takes a place in every carrier for good: make them static. Thread-safe.
 *
 * @param <T> what each carrier has one of
 */
public final class CarrierLocal<T> {
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  private final int index = INSTANCES.getAndIncrement();
  private final Supplier<T> maker;

  /**
   * Makes a place for a value.
   *
   * @param maker makes a carrier's value when it is first asked for; must not park
   */
  public CarrierLocal(Supplier<T> maker) {
    this.maker = maker;
  }

  /** The value of the carrier of the calling thread, or null if it is no carrier of ours. */
  @SuppressWarnings("unchecked") // only values of this instance are at its index
  public @Nullable T get() {
    return (T) Engine.carrierLocal(index, maker);
  }
}
