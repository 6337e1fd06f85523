package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One call of the poller, from before the system call until what it reported has been readied. */
@Name("dev.heddle.Poll")
@Label("Poll")
@Description("One call of the poller: the system call and the readying of what it reported")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class Poll extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  @Description(
      "The processor of the carrier that polled (for a blocking poll: the one it gave up), -1 for"
          + " sysmon")
  public int processor;

  @Label("Timeout")
  @Description("Below 0: blocked for ever; 0: did not block")
  @Timespan(Timespan.NANOSECONDS)
  public long timeoutNanos;

  @Label("Events")
  @Description("Reports of the kernel")
  public int events;

  @Label("Readied")
  @Description("Tasks made runnable")
  public int readied;

  @Label("Woken Up")
  @Description("Whether a wakeup ended the wait")
  public boolean wokenUp;
}
