package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Sysmon woke, looked after the processors and the network, and is about to sleep again. */
@Name("dev.heddle.SysmonRound")
@Label("Sysmon Round")
@Description("One round of sysmon, from waking until sleeping again")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class SysmonRound extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Slept")
  @Description("How long it had slept before this round")
  @Timespan(Timespan.NANOSECONDS)
  public long sleptNanos;

  @Label("Polled")
  @Description("Whether it polled the network because nobody had for 10 ms")
  public boolean polled;

  @Label("Retaken")
  @Description("Processors it took from monopolising tasks")
  public int retaken;
}
