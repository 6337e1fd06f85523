package dev.heddle.simulation;

import java.util.List;
import java.util.function.LongFunction;

/**
 * Which of the runnable tasks is next.
 *
 * <p>Make one of these with the static methods. One description serves any number of runs; each run
 * makes an {@link Order} of it, from its seed.
 */
public final class Strategy {
  /** The strategy as it is in one run. */
  interface Order {
    /** A task has started. */
    default void started(SimulatedTask task) {}

    /** The task that ran last is runnable again: it gave way by itself, perhaps in a loop. */
    default void yielded(SimulatedTask task) {}

    /** The index of the next task. There are two at least. */
    int choose(List<SimulatedTask> runnable);

    /** Whether the task that runs gives way here: it is about to call the simulated network. */
    boolean givesWay(SimulatedTask task);
  }

  private final String name;
  private final LongFunction<Order> orders;

  private Strategy(String name, LongFunction<Order> orders) {
    this.name = name;
    this.orders = orders;
  }

  /** Any of them, all alike; and a task gives way at every fourth call of the network. */
  public static Strategy random() {
    return new Strategy("random", seed -> new RandomOrder(Dice.of(seed, "order")));
  }

  /** In the order in which they became runnable: the same for each seed. */
  public static Strategy roundRobin() {
    return new Strategy(
        "roundRobin",
        _ ->
            new Order() {
              @Override
              public int choose(List<SimulatedTask> runnable) {
                int oldest = 0;
                for (int i = 1; i < runnable.size(); i++) {
                  if (runnable.get(i).readied < runnable.get(oldest).readied) {
                    oldest = i;
                  }
                }
                return oldest;
              }

              @Override
              public boolean givesWay(SimulatedTask task) {
                return false;
              }
            });
  }

  /**
   * Probabilistic concurrency testing: every task has a priority, and the highest runs; at {@code
   * depth - 1} steps the task that runs falls below all others. A bug that takes {@code depth}
   * ordered steps of n tasks and k steps in all is found with a probability of at least
   * 1/(n·k^(depth-1)).
   *
   * <p>Source: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with
   * Probabilistic Guarantees of Finding Bugs, ASPLOS 2010.
   *
   * @param depth 1 or more
   * @param steps about how many times a task is chosen in a run, 1 or more
   */
  public static Strategy pct(int depth, int steps) {
    if (depth < 1 || steps < 1) {
      throw new IllegalArgumentException("depth and steps must be positive");
    }
    return new Strategy(
        "pct(" + depth + ", " + steps + ")",
        seed -> new PctOrder(Dice.of(seed, "order"), depth, steps));
  }

  Order order(long seed) {
    return orders.apply(seed);
  }

  @Override
  public String toString() {
    return name;
  }

  private record RandomOrder(Dice dice) implements Order {
    private static final int CALLS = 4;

    @Override
    public int choose(List<SimulatedTask> runnable) {
      return dice.nextInt(runnable.size());
    }

    @Override
    public boolean givesWay(SimulatedTask task) {
      return dice.nextInt(CALLS) == 0;
    }
  }

  private static final class PctOrder implements Order {
    private final Dice dice;
    private final long[] changes; // steps at which the task that runs falls
    private long step;
    private long lowest;

    PctOrder(Dice dice, int depth, int steps) {
      this.dice = dice;
      this.changes = new long[depth - 1];
      for (int i = 0; i < changes.length; i++) {
        changes[i] = 1 + dice.nextLong(steps);
      }
    }

    @Override
    public void started(SimulatedTask task) {
      task.priority = dice.between(changes.length, Integer.MAX_VALUE);
    }

    @Override
    public int choose(List<SimulatedTask> runnable) {
      int highest = highest(runnable);
      step++;
      for (int i = 0; i < changes.length; i++) {
        if (changes[i] == step) {
          runnable.get(highest).priority = i;
          highest = highest(runnable);
        }
      }
      return highest;
    }

    /** Else it might run for ever, waiting for one that is never chosen. */
    @Override
    public void yielded(SimulatedTask task) {
      task.priority = --lowest;
    }

    private static int highest(List<SimulatedTask> runnable) {
      int highest = 0;
      for (int i = 1; i < runnable.size(); i++) {
        if (runnable.get(i).priority > runnable.get(highest).priority) {
          highest = i;
        }
      }
      return highest;
    }

    /** Always: whether it goes on is a matter of priorities. */
    @Override
    public boolean givesWay(SimulatedTask task) {
      return true;
    }
  }
}
