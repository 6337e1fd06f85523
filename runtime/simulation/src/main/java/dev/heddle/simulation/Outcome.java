package dev.heddle.simulation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param time how much simulated time passed
 * @param steps how many times a task was chosen to run
 * @param fingerprint of all events, in order: two runs that differ anywhere have two
 * @param log a line for each event; empty unless the options ask for it
 * @param failure null if the run ended well
 */
public record Outcome(
    long seed,
    Duration time,
    long steps,
    long fingerprint,
    String log,
    @Nullable Throwable failure) {}
