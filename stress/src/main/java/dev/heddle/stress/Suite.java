package dev.heddle.stress;

import org.jspecify.annotations.Nullable;

/**
 * One way to put the runtime under load, and the check that nothing was lost.
 *
 * <p>A suite is stateless: everything of a run is in the {@link Run} it gets. It works until {@link
 * Run#isOver}, reports operations and violations to the run, and returns when its lanes have ended.
 */
public interface Suite {
  /** What the suite needs of the machine and of the runtime. */
  enum Kind {
    /** Sockets: has something to say about the poller, and is run with both. */
    NETWORK,
    /** Tasks only. */
    SCHEDULER,
    /** Starts processes of its own: too heavy to be a part of chaos. */
    PROCESS,
    /** Made of the others. */
    MIXED
  }

  /** Name on the command line: lower case with dashes. */
  String name();

  /** What a run without violation shows, in one sentence for the list and the report. */
  String proves();

  Kind kind();

  /**
   * Why its load cannot run in a simulation, as the end of a sentence that begins with the suite;
   * null if it can.
   */
  default @Nullable String unfit() {
    return kind() == Kind.PROCESS ? "starts processes" : null;
  }

  /**
   * Runs on a platform thread that is no carrier; in a simulation, on a task.
   *
   * @throws Exception if the suite itself fails, which is a violation
   */
  void run(Run run) throws Exception;
}
