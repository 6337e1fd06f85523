package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A task ran on a processor from the event's start to its end, and how it had come to that.
 *
 * <p>A slice reports everything since the end of the task's previous slice (or since its creation),
 * so that a reader needs no other event to account for a task's time, and may read slices in any
 * order:
 *
 * <pre>
 *   previous end            kernel event seen     queued              start              end
 *        │◄─────────────── waited ──────────────────►│◄── runnable ───►│◄──── run ──────►│
 *        │   (for what: waitedFor)      │◄── seen ──►│
 * </pre>
 *
 * Waited plus runnable plus run of all slices of a task is its age at the end of the last. A task
 * unparked while it was still parking was queued before its slice ended: its waited time is 0 and
 * its runnable time begins at that end.
 *
 * <p>All spans come from the scheduler's clock, so that they add up exactly. The event's own start
 * and duration come from Flight Recorder's: the same, unless the operating system preempted the
 * carrier between reading the two.
 */
@Name("dev.heddle.RunSlice")
@Label("Run Slice")
@Description("A task ran on a processor, from its start or wakeup until it stopped")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class RunSlice extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Slice Number")
  @Description("Counts the recorded slices of this task from 1, so that a missing one is noticed")
  public long sliceNumber;

  @Label("Processor")
  public int processor;

  @Label("Carrier")
  @Description("Thread id of the carrier")
  public long carrierId;

  @Label("Waited")
  @Description("From the end of the previous slice, or the creation, until queued; -1 if not known")
  @Timespan(Timespan.NANOSECONDS)
  public long waitedNanos;

  @Label("Waited For")
  @Description(
      "How the previous slice ended: start, io-read, io-write, accept, connect, park, monitor,"
          + " sleep, yield")
  public String waitedFor = "start";

  @Label("Runnable")
  @Description("From queued until running; -1 if not known")
  @Timespan(Timespan.NANOSECONDS)
  public long runnableNanos;

  @Label("Ran")
  @Timespan(Timespan.NANOSECONDS)
  public long ranNanos;

  @Label("Age")
  @Description("From the creation of the task until the end of this slice; -1 if not known")
  @Timespan(Timespan.NANOSECONDS)
  public long ageNanos = -1;

  @Label("Seen")
  @Description(
      "For a task readied by the poller: from the poller's return with the kernel's event until"
          + " queued")
  @Timespan(Timespan.NANOSECONDS)
  public long seenNanos;

  @Label("Readier")
  @Description("What made the task runnable: start, task, poller, timer, sysmon, external, yield")
  public String readier = "start";

  @Label("Readier Task Id")
  @Description("The task that readied this one, 0 if none did")
  public long readierTaskId;

  @Label("Readier Processor")
  @Description("The processor whose carrier readied this task, -1 if none")
  public int readierProcessor = -1;

  @Label("End")
  @Description(
      "Why it stopped: io-read, io-write, accept, connect, park, monitor, sleep, yield, done")
  public String end = "done";

  @Label("End Descriptor")
  @Description("The file descriptor it stopped to wait on, -1 if none")
  public int endFd = -1;

  @Label("End Peer")
  @Description("The remote address of that descriptor")
  public @Nullable String endPeer;
}
