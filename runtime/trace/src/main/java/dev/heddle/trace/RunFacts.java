package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import org.jspecify.annotations.Nullable;

/**
 * What a task did in a long run, with what the JVM and the operating system took of it left out.
 *
 * @param kind what it did most
 * @param ownShare of the run in which it did that; the rest was preempted, or a pause
 * @param stack where it was; empty if nobody looked
 * @param held the call that held the carrier, null if the recording has none
 */
record RunFacts(Kind kind, double ownShare, String stack, TraceEvent.@Nullable HeldCall held) {

  enum Kind {
    /** It computed for 5 ms or more. */
    COMPUTED,
    /** Its carrier was seen in a call that waits. */
    IN_CALL,
    /** Its carrier waited, and nobody saw where. */
    WAITED,
    /** It computed for a moment, and the operating system ran others. */
    PREEMPTED
  }

  static RunFacts of(Slice run, Machine machine, Stacks stacks) {
    double own = run.runNanos() - machine.pausedNanos(run.startNanos(), run.endNanos());
    Machine.OnCpu cpu = machine.during(run);
    double awake = Math.max(0, own - cpu.preemptedNanos());
    double waited = Math.max(0, awake - cpu.ranNanos());
    TraceEvent.HeldCall held = stacks.callIn(run);
    String stack = stacks.in(run);
    double share = awake / Math.max(1, run.runNanos());
    if (cpu.knownNanos() == 0) { // Not Linux.
      return new RunFacts(held == null ? Kind.COMPUTED : Kind.IN_CALL, share, stack, held);
    }
    if (waited >= Causes.LONG_RUN_NANOS && waited >= awake / 2) {
      boolean seen = held != null || Frames.isInNativeCall(stack);
      return new RunFacts(seen ? Kind.IN_CALL : Kind.WAITED, share, stack, held);
    }
    boolean computed = awake >= Causes.LONG_RUN_NANOS;
    return new RunFacts(computed ? Kind.COMPUTED : Kind.PREEMPTED, share, stack, held);
  }
}
