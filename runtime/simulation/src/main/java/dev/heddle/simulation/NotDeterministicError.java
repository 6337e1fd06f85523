package dev.heddle.simulation;

/** A program does what another run with the same seed would not repeat; the stack says where. */
public final class NotDeterministicError extends AssertionError {
  private static final long serialVersionUID = 1;

  NotDeterministicError(String what) {
    super("not deterministic here: " + what);
  }
}
