package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A processor had nothing to run, and its carrier slept, parked or in the poller. */
@Name("dev.heddle.ProcessorIdle")
@Label("Processor Idle")
@Description("A processor had nothing to run and its carrier slept")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class ProcessorIdle extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  public int processor;

  @Label("In Poller")
  @Description("Whether its carrier slept in the poller")
  public boolean inPoller;
}
