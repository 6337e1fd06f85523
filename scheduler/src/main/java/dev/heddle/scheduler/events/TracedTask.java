package dev.heddle.scheduler.events;

import org.jspecify.annotations.Nullable;

/** A task, as far as its history is recorded. */
public abstract class TracedTask {
  private static final String LAMBDA = "$$Lambda";

  /** What tasks of a class of body are called: without its package, which names would not fit. */
  private static final ClassValue<String> LABELS =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> body) {
          String name = body.getName();
          if (name.startsWith("java.") || name.startsWith("jdk.")) {
            return ""; // Of an executor: it says nothing.
          }
          int lambda = name.indexOf(LAMBDA);
          String plain = lambda < 0 ? name : name.substring(0, lambda);
          String simple = plain.substring(plain.lastIndexOf('.') + 1);
          return lambda < 0 ? simple : simple + " lambda";
        }
      };

  /** While a recording runs: {@link SliceRecorder} names its writers. */
  @Nullable SliceRecorder recorder;

  /**
   * The innermost span of the user's that the task is in. Written by the task itself, and by its
   * creator before it is queued.
   */
  @Nullable OpenSpan span;

  /** The virtual thread of the task. */
  public abstract Thread thread();

  /** The class of what its user had it run, null if that is not known. */
  protected abstract @Nullable Class<?> origin();

  /** The thread's name, or else where its body is written; empty if neither is known. */
  final String label() {
    String name = thread().getName();
    Class<?> origin = name.isEmpty() ? origin() : null;
    return origin == null ? name : LABELS.get(origin);
  }
}
