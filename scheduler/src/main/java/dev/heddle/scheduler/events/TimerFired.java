package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A timer of a processor ran out and was served. */
@Name("dev.heddle.TimerFired")
@Label("Timer Fired")
@Description("A timer ran out and was served")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class TimerFired extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  public int processor;

  @Label("Late")
  @Description("From when it was due until it was served")
  @Timespan(Timespan.NANOSECONDS)
  public long lateNanos;
}
