package dev.heddle.scheduler;

/**
 * What a processor with its carrier is doing, as seen from outside at one moment.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="processors"}
 */
public enum ProcessorState {
  /** In a task, with the right to run. */
  RUNNING("running"),
  /** Has the right to run, and looks for a task. */
  SEARCHING("searching"),
  /** Its carrier sleeps for lack of work, in the poller or parked. */
  IDLE("idle"),
  /** In a task that lost the right to run to another carrier. */
  RETAKEN("retaken"),
  /** Its carrier has no right to run, and is parked until there is one. */
  SPARE("spare"),
  /** Its carrier has ended. */
  RETIRED("retired");

  private final String word;

  ProcessorState(String word) {
    this.word = word;
  }

  /** As traces and dumps call it. */
  @Override
  public String toString() {
    return word;
  }
}
