package dev.heddle.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which faults a run meets: how many, within which time, and of which kinds. The faults themselves
 * are drawn from the seed. Immutable: begin with {@link #NONE} and change copies with the {@code
 * with} methods.
 *
 * <p>Faults meet the hosts that have a {@linkplain Host#start program}. When a run fails, {@link
 * Simulation#explore} leaves out one fault after the other that it fails without, too.
 */
public final class FaultPlan {
  /** No faults. */
  public static final FaultPlan NONE =
      new FaultPlan(
          0, Duration.ofSeconds(10), Duration.ofSeconds(2), EnumSet.noneOf(Fault.Kind.class), null);

  private final int faults;
  private final Duration within;
  private final Duration longest;
  private final Set<Fault.Kind> kinds;
  private final @Nullable Set<Integer> only; // null: all

  private FaultPlan(
      int faults,
      Duration within,
      Duration longest,
      Set<Fault.Kind> kinds,
      @Nullable Set<Integer> only) {
    if (faults < 0 || within.isNegative() || longest.isNegative()) {
      throw new IllegalArgumentException("a plan has no negative numbers");
    }
    this.faults = faults;
    this.within = within;
    this.longest = longest;
    this.kinds = kinds.isEmpty() ? EnumSet.noneOf(Fault.Kind.class) : EnumSet.copyOf(kinds);
    this.only = only;
  }

  /** A copy with so many faults in each run, of the kinds that were added. */
  public FaultPlan withFaults(int faults) {
    return new FaultPlan(faults, within, longest, kinds, only);
  }

  /** A copy whose faults begin within this time; 10 s if nothing is said. */
  public FaultPlan within(Duration within) {
    return new FaultPlan(faults, within, longest, kinds, only);
  }

  /** A copy whose faults last up to this time; 2 s if nothing is said. */
  public FaultPlan withLongest(Duration longest) {
    return new FaultPlan(faults, within, longest, kinds, only);
  }

  /** A copy in which pairs of hosts lose each other, in both directions or in one. */
  public FaultPlan withPartitions() {
    return withKinds(Fault.Kind.PARTITION, Fault.Kind.CUT);
  }

  /** A copy in which hosts lose their power, and start again. */
  public FaultPlan withCrashes() {
    return withKinds(Fault.Kind.CRASH);
  }

  /** A copy in which processes are killed, and start again. */
  public FaultPlan withKills() {
    return withKinds(Fault.Kind.KILL);
  }

  private FaultPlan withKinds(Fault.Kind... more) {
    var all = EnumSet.noneOf(Fault.Kind.class);
    all.addAll(kinds);
    Collections.addAll(all, more);
    return new FaultPlan(faults, within, longest, all, only);
  }

  /** A copy that keeps these of its faults, by their numbers from 0. */
  FaultPlan withOnly(Set<Integer> kept) {
    return new FaultPlan(faults, within, longest, kinds, Set.copyOf(kept));
  }

  /** As {@link #withOnly}, of a text such as {@code 0,3}. */
  FaultPlan withOnly(String numbers) {
    if (numbers.isBlank()) {
      return withOnly(Set.of());
    }
    return withOnly(
        Set.copyOf(Arrays.stream(numbers.split(",")).map(n -> Integer.valueOf(n.trim())).toList()));
  }

  /** The faults of a run, in the order of their times. */
  List<Fault> draw(long seed) {
    var drawn = new ArrayList<Fault>();
    if (kinds.isEmpty()) {
      return drawn;
    }
    Dice dice = Dice.of(seed, "faults");
    List<Fault.Kind> all = List.copyOf(kinds);
    for (int i = 0; i < faults; i++) {
      var fault =
          new Fault(
              i,
              dice.between(0, within.toNanos()),
              all.get(dice.nextInt(all.size())),
              dice.nextInt(Integer.MAX_VALUE),
              dice.nextInt(Integer.MAX_VALUE),
              Duration.ofNanos(dice.between(1, longest.toNanos())));
      if (only == null || only.contains(i)) {
        drawn.add(fault);
      }
    }
    return drawn;
  }
}
