package dev.heddle.scheduler;

/**
 * What a live task is doing, as seen from outside at one moment.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="states"}
 */
public enum TaskState {
  /** On a carrier. */
  RUNNING("running"),
  /** In a run queue. */
  RUNNABLE("runnable"),
  /** Waits until a socket can be read. */
  IO_READ("io-read"),
  /** Waits until a socket can be written. */
  IO_WRITE("io-write"),
  /** Waits for a connection to come in. */
  ACCEPT("accept"),
  /** Waits for its connection to be established. */
  CONNECT("connect"),
  /** In a wait that ends by itself, and for nothing but that: a sleep. */
  SLEEP("sleep"),
  /** Waits to enter a monitor that another thread holds. */
  MONITOR("monitor"),
  /**
   * Parked elsewhere, with a timeout or without: a lock, a queue, {@code Object.wait}, a thread.
   */
  PARK("park");

  private final String word;

  TaskState(String word) {
    this.word = word;
  }

  /** As traces and dumps call it. */
  @Override
  public String toString() {
    return word;
  }
}
