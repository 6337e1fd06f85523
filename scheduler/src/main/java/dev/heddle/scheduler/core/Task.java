package dev.heddle.scheduler.core;

import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.events.TracedTask;
import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.TaskBody;
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
 * is not ours; it is given a task of its own. Such a thread often belongs to a pool that outlives
 * this scheduler, so it returns to the JDK's scheduler when this one stops.
 *
 * <p>{@link #execute} is often called on a virtual thread that the JDK has pinned for the call. It
 * never blocks.
 */
public final class Task extends TracedTask implements Executor {
  /** In the place of a processor: whichever there is. */
  static final int ANYWHERE = -1;

  private final TaskHost host;

  /**
   * Whether code inside a task started the thread by the JDK's own means. Such a thread runs here,
   * and is not ours: closing neither waits for it nor interrupts it.
   */
  final boolean adopted;

  private final @Nullable Class<?> origin;

  @SuppressWarnings("NullAway.Init")
  private Thread thread; // set once, before the task is first queued

  @SuppressWarnings("NullAway.Init")
  private Runnable continuation; // set by the first execute; distinguishes ours from others

  /**
   * Started by us, and so listed in our container; others are listed where they were started.
   * Written by the thread that starts the task, before it does; dumps read it.
   */
  boolean listed;

  /** On which processor it begins. Written by the thread that starts the task, before it does. */
  int place = ANYWHERE;

  /** On which processor it runs each time, for one that is pinned. Written as {@code place} is. */
  int home = ANYWHERE;

  // Only while metrics are on, else 0. Handed over with the task, through the queue; dumps read
  // them and may see old values.
  long queuedNanos; // written by the thread that readies the task, and 0 by the carrier it runs on
  long startedNanos; // written by the carrier that turns to it

  // Links in the TaskRegistry: guarded by the lock of its shard.
  @Nullable Task previousInShard;
  @Nullable Task nextInShard;
  boolean registered;

  private Task(TaskHost host, boolean adopted, @Nullable Class<?> origin) {
    this.host = host;
    this.adopted = adopted;
    this.origin = origin;
  }

  TaskHost host() {
    return host;
  }

  /** Whether an engine has started it. */
  public boolean isOf(Object engine) {
    return host == engine;
  }

  /** A task with a thread that runs {@code body}; not started. */
  static Task create(TaskHost host, @Nullable String name, Runnable body) {
    Object origin = body instanceof TaskBody wrapper ? wrapper.origin() : body;
    var task = new Task(host, false, origin.getClass());
    task.thread = VirtualThreads.newThread(task, name, body);
    return task;
  }

  @Override
  public Thread thread() {
    return thread;
  }

  @Override
  protected @Nullable Class<?> origin() {
    return origin;
  }

  /** Since when it is queued; 0 if it is not, or while metrics are off. A moment's view. */
  public long queuedNanos() {
    return queuedNanos;
  }

  /** When a carrier last turned to it; 0 while metrics are off. A moment's view. */
  public long startedNanos() {
    return startedNanos;
  }

  /**
   * Whether {@link #run} will do something. Whoever takes the stack of a queued thread makes the
   * JDK submit it once more, so it may have run already when its second turn comes.
   */
  boolean mayRun() {
    return VirtualThreads.mayRun(thread);
  }

  /**
   * Runs the thread's continuation on the calling carrier until the thread parks, yields or ends.
   */
  void run() {
    VirtualThreads.run(thread);
  }

  /**
   * May be called by a task that has no stack left. The JDK has made the thread runnable by then,
   * and submits it once: so an overflow is noted, which takes no call, and sysmon submits again.
   */
  @Override
  public void execute(Runnable runnable) {
    if (runnable == continuation) {
      try {
        host.ready(this);
      } catch (StackOverflowError e) {
        host.strayed = true;
      }
    } else if (continuation == null) {
      continuation = runnable;
      start();
    } else {
      adopt(runnable);
    }
  }

  /** One that is registered has started; of another the JDK says that it could not be started. */
  private void start() {
    try {
      host.started(this);
    } catch (StackOverflowError e) {
      if (!registered) {
        throw e;
      }
      host.strayed = true;
    }
  }

  private void adopt(Runnable foreign) {
    var task = new Task(host, true, null);
    task.continuation = foreign;
    task.thread = VirtualThreads.adopt(foreign, _ -> task);
    task.start();
  }

  // ---- leaving this scheduler

  /** From the next time that the thread becomes runnable, the JDK's scheduler runs it. */
  void giveBack() {
    VirtualThreads.giveBack(thread);
  }

  /** Has the JDK's scheduler run the thread, which was runnable here. */
  void runOnJdkScheduler() {
    VirtualThreads.runOnJdkScheduler(continuation);
  }

  /** The thread, its state and its stack, for a report. */
  String describe() {
    String shown =
        Printable.text(thread.toString()); // whoever named it may have had it from a peer
    return thread.getState() + " " + shown + "\n" + VirtualThreads.stack(thread);
  }

  @Override
  public String toString() {
    return "Task[" + Printable.text(thread.toString()) + "]";
  }
}
