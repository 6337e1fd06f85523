package dev.heddle.scheduler.core;

/** Something that looks at an engine from threads of its own, and ends with it. */
public interface Companion {
  /** A companion that does nothing. */
  Companion NONE =
      new Companion() {
        @Override
        public void start() {}

        @Override
        public boolean end(long deadlineNanos) {
          return false;
        }
      };

  /** The engine has started. */
  void start();

  /**
   * The engine has stopped: ends the threads, and waits for them until the deadline. True if the
   * calling thread was interrupted meanwhile.
   */
  boolean end(long deadlineNanos);
}
