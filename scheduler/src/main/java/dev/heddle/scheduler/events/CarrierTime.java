package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * How the operating system treated a carrier since it was last looked at: what it ran, and how long
 * it was ready to run but had to wait for a CPU. So a task that computes, one that blocks in a
 * system call, and one that was preempted are told apart. Looked at from time to time, at the end
 * of each slice of 2 ms and more, and before a slice if that was not done for 5 ms.
 *
 * <p>Source: Linux's {@code /proc/PID/task/TID/schedstat}; elsewhere this event does not occur.
 */
@Name("dev.heddle.CarrierTime")
@Label("Carrier Time")
@Description("CPU time of a carrier, and how long it waited for a CPU, since it was last looked at")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
@Period("20 ms")
public final class CarrierTime extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  public int processor;

  @Label("Span")
  @Description("Since it was last looked at; the event stands at the end of this span")
  @Timespan(Timespan.NANOSECONDS)
  public long spanNanos;

  @Label("Ran")
  @Description("How long it was on a CPU")
  @Timespan(Timespan.NANOSECONDS)
  public long ranNanos;

  @Label("Preempted")
  @Description("How long it was ready to run and the operating system ran something else")
  @Timespan(Timespan.NANOSECONDS)
  public long preemptedNanos;
}
