package dev.heddle.scheduler;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread under this scheduler (Go's G), and at the same time the executor of that thread.
 *
 * <p>The JDK hands a virtual thread's continuation to its executor each time the thread becomes
 * runnable. As every thread has an executor of its own, that call says <em>which task</em> is
 * runnable, and run queues can hold tasks (with name, state and history) instead of bare
 * continuations, without a map from one to the other.
 *
 * <p>A virtual thread that code inside a task starts by the JDK's own means inherits the executor
 * of the thread it was created in. Its first call therefore arrives here with a continuation that
 * is not ours; it is then given a task of its own.
 *
 * <p>{@link #execute} is often called on a virtual thread that the JDK has pinned for the call. It
 * never blocks.
 */
final class Task implements Executor {
  final Scheduler scheduler;

  @SuppressWarnings("NullAway.Init")
  private Thread thread; // set once, before the task is first queued

  @SuppressWarnings("NullAway.Init")
  private Runnable continuation; // set by the first execute; tells ours from those of others

  /** While a recording runs: see there who writes it. */
  @Nullable SliceRecorder recorder;

  /** Started by us, and so listed in our container; others are listed where they were started. */
  boolean listed;

  // Only while metrics are on, else 0. Handed over with the task, through the queue; dumps read
  // them and may see old values.
  long queuedNanos; // written by who readies the task
  long startedNanos; // written by the carrier that turns to it

  // Links in the TaskRegistry: guarded by the lock of its shard.
  @Nullable Task previousInShard;
  @Nullable Task nextInShard;
  boolean registered;

  private Task(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** A task with a thread that runs {@code body}; not started. */
  static Task create(Scheduler scheduler, @Nullable String name, Runnable body) {
    var task = new Task(scheduler);
    task.thread = VirtualThreads.newThread(task, name, body);
    return task;
  }

  Thread thread() {
    return thread;
  }

  /**
   * Runs the thread's continuation on the calling carrier until the thread parks, yields or ends.
   */
  void run() {
    VirtualThreads.run(thread);
  }

  @Override
  public void execute(Runnable runnable) {
    if (runnable == continuation) {
      scheduler.ready(this);
    } else if (continuation == null) {
      continuation = runnable;
      scheduler.started(this);
    } else {
      adopt(runnable);
    }
  }

  private void adopt(Runnable foreign) {
    var task = new Task(scheduler);
    task.continuation = foreign;
    task.thread = VirtualThreads.adopt(foreign, _ -> task);
    scheduler.started(task);
  }

  @Override
  public String toString() {
    return "Task[" + thread + "]";
  }
}
