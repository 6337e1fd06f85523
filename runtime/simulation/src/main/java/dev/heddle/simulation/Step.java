package dev.heddle.simulation;

/**
 * A task was chosen, and ran until it parked, yielded or ended: for pictures of a run.
 *
 * @param host where the task runs
 * @param task its name; may be empty
 * @param number of the task in the simulation, from 1
 * @param readiedNanos when it became runnable, in nanoseconds since the beginning of the run
 * @param nanos when it ran; the step took no time, unless the task read the clock in a loop
 * @param after the state in which it left its thread
 */
public record Step(
    String host, String task, int number, long readiedNanos, long nanos, Thread.State after) {}
