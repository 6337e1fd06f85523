package dev.heddle;

/**
 * The body of a task, which may throw.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="throwing"}
 */
@FunctionalInterface
public interface ThrowingRunnable {
  /**
   * Runs. An exception that escapes goes to the runtime's handler and ends the task, nothing else.
   */
  void run() throws Exception;
}
