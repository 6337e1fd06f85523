package dev.heddle.simulation;

import java.time.Duration;

/**
 * One fault of a plan: what happens, when, and for how long. Which hosts it meets is drawn too, as
 * numbers that count the hosts that there are at that moment.
 */
record Fault(int index, long nanos, Kind kind, int one, int other, Duration duration) {
  /** What may happen. */
  enum Kind {
    /** Nothing passes between two hosts. */
    PARTITION,
    /** Nothing passes from one host to another. */
    CUT,
    /** A host loses its power, and starts again. */
    CRASH,
    /** The process of a host is killed, and starts again. */
    KILL
  }
}
