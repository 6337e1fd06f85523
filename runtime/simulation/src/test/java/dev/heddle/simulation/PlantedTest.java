package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Known bugs are found, and repeat; nothing is found where they are fixed. */
final class PlantedTest {
  private static final int SEEDS = 1_000;

  /** {@code -Dheddle.planted.seeds=100000} for a long run. */
  private static final int FIXED_SEEDS = Integer.getInteger("heddle.planted.seeds", 1_000);

  @ParameterizedTest
  @EnumSource
  void isFoundAndRepeats(Planted bug) {
    SimulationFailure found =
        assertThrows(
            SimulationFailure.class,
            () -> Simulation.explore(SEEDS, bug.options(), sim -> bug.run(sim, false)));
    Outcome again = Simulation.attempt(found.seed(), bug.options(), sim -> bug.run(sim, false));
    assertNotNull(again.failure());
    Outcome andAgain = Simulation.attempt(found.seed(), bug.options(), sim -> bug.run(sim, false));
    assertEquals(again.fingerprint(), andAgain.fingerprint());
    System.out.println(bug + ": " + found.getMessage().lines().toList());
  }

  @ParameterizedTest
  @EnumSource
  void itsFixSurvives(Planted bug) {
    Outcome failed =
        Explorer.firstFailure(
            1,
            FIXED_SEEDS,
            seed -> Simulation.attempt(seed, bug.options(), sim -> bug.run(sim, true)));
    assertNull(failed, () -> "" + new SimulationFailure(failed));
  }

  @ParameterizedTest
  @EnumSource
  void aFaultOfOurOwnIsFoundAgainAndRepeats(History fault) {
    SimulationFailure found =
        assertThrows(
            SimulationFailure.class, () -> Simulation.explore(SEEDS, sim -> fault.run(sim, false)));
    var options = SimulationOptions.DEFAULT;
    Outcome again = Simulation.attempt(found.seed(), options, sim -> fault.run(sim, false));
    assertNotNull(again.failure());
    assertEquals(
        again.fingerprint(),
        Simulation.attempt(found.seed(), options, sim -> fault.run(sim, false)).fingerprint());
  }

  @ParameterizedTest
  @EnumSource
  void itsMendSurvives(History fault) {
    Outcome failed =
        Simulation.firstFailure(
            1, FIXED_SEEDS, SimulationOptions.DEFAULT, sim -> fault.run(sim, true), _ -> true);
    assertNull(failed, () -> "" + new SimulationFailure(failed));
  }
}
