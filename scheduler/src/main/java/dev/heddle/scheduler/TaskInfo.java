package dev.heddle.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task in a dump.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="task"}
 *
 * @param id of its thread
 * @param name of its thread; empty if it has none
 * @param state what it does
 * @param waitsFor on what descriptor, until when, or for what object; null if it runs, or if that
 *     is not known
 * @param stateNanos for how long it has been so at most: since its carrier last turned to it, or
 *     since it was queued; -1 while metrics are off
 * @param stack innermost frame first
 */
public record TaskInfo(
    long id,
    String name,
    TaskState state,
    @Nullable String waitsFor,
    long stateNanos,
    List<StackTraceElement> stack) {

  /** One line, without the stack. */
  @Override
  public String toString() {
    return (name.isEmpty() ? "" : '"' + Printable.text(name) + "\" ")
        + "#"
        + id
        + (waitsFor == null ? "" : ", " + Printable.text(waitsFor))
        + (stateNanos < 0 ? "" : ", for " + Nanos.format(stateNanos));
  }
}
