package dev.heddle.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs seed after seed, on as many threads as there are processors, until one fails: of those that
 * fail it is the least, however the threads run. Its faults are taken away one by one, as long as
 * it still fails.
 */
final class Explorer {
  private final SimulationOptions options;
  private final Simulation.Body body;

  Explorer(SimulationOptions options, Simulation.Body body) {
    this.options = options;
    this.body = body;
  }

  /** Runs {@code count} seeds from {@code first} on. Throws the failure of the least that fails. */
  void explore(long first, long count) {
    if (count <= 0) {
      return;
    }
    Outcome failed = firstFailure(first, count, seed -> Simulation.attempt(seed, options, body));
    if (failed == null) {
      return;
    }
    Outcome again = Simulation.attempt(failed.seed(), options, body);
    if (again.failure() != null) {
      throw shrunk(again);
    }
    if (failed.failure() instanceof NotDeterministicError) {
      // Only beside other simulations of this JVM: they met in a lock of the JVM's, such as that of
      // standard output.
      explore(failed.seed() + 1, first + count - failed.seed() - 1);
      return;
    }
    throw new SimulationFailure(
        failed, "; it did not fail when it was run again, so it is not deterministic");
  }

  /** As {@link Simulation#firstFailure}. */
  @Nullable Outcome search(long first, long count, Predicate<Outcome> goesOn) {
    var ended = new AtomicBoolean();
    long from = first;
    while (from < first + count) {
      Outcome failed =
          firstFailure(
              from,
              first + count - from,
              seed -> {
                if (ended.get()) {
                  return null;
                }
                Outcome outcome = Simulation.attempt(seed, options, body);
                if (!goesOn.test(outcome)) {
                  ended.set(true);
                }
                return outcome;
              });
      if (failed == null || !isDisturbed(failed)) {
        return failed;
      }
      from = failed.seed() + 1;
    }
    return null;
  }

  /** Whether it only fails beside other simulations of this JVM. */
  private boolean isDisturbed(Outcome failed) {
    return failed.failure() instanceof NotDeterministicError
        && Simulation.attempt(failed.seed(), options, body).failure() == null;
  }

  static @Nullable Outcome firstFailure(
      long first, long count, LongFunction<@Nullable Outcome> run) {
    var next = new AtomicLong(first);
    var failures = new ConcurrentSkipListMap<Long, Outcome>();
    var threads = new Thread[(int) Math.min(count, Runtime.getRuntime().availableProcessors())];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .name("heddle-explorer-" + i)
              .start(
                  () -> {
                    for (long seed;
                        failures.isEmpty() && (seed = next.getAndIncrement()) < first + count; ) {
                      Outcome outcome = run.apply(seed);
                      if (outcome == null) {
                        return;
                      }
                      if (outcome.failure() != null) {
                        failures.put(seed, outcome);
                      }
                    }
                  });
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      next.set(first + count); // those under way come to their end by themselves
    }
    return failures.isEmpty() ? null : failures.firstEntry().getValue();
  }

  private SimulationFailure shrunk(Outcome failed) {
    long seed = failed.seed();
    Set<Integer> kept = new HashSet<>();
    options.faults().draw(seed).forEach(fault -> kept.add(fault.index()));
    if (kept.isEmpty()) {
      return new SimulationFailure(failed);
    }
    Outcome least = failed;
    for (int index : Set.copyOf(kept)) {
      Set<Integer> fewer = new HashSet<>(kept);
      fewer.remove(index);
      Outcome outcome = Simulation.attempt(seed, with(fewer), body);
      if (outcome.failure() != null) {
        kept.remove(index);
        least = outcome;
      }
    }
    return new SimulationFailure(least, kept);
  }

  private SimulationOptions with(Set<Integer> kept) {
    return options.withFaults(options.faults().withOnly(kept));
  }
}
