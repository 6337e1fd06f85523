package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** How many tasks waited in a run queue, sampled. */
@Name("dev.heddle.QueueDepth")
@Label("Queue Depth")
@Description("Tasks in a run queue, sampled periodically")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
@Period("20 ms")
public final class QueueDepth extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  @Description("Whose local run queue, -1 for the global one")
  public int processor;

  @Label("Depth")
  @Description("Tasks in this queue")
  public int depth;

  @Label("Runnable")
  @Description("Tasks in all queues at that moment")
  public int runnable;
}
