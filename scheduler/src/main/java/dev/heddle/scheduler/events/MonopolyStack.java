package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Sysmon found a task that holds its carrier for 10 ms or more, and this is what the task was
 * doing.
 */
@Name("dev.heddle.MonopolyStack")
@Label("Monopoly Stack")
@Description("The stack of a task that has held its carrier for 10 ms or more, taken by sysmon")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class MonopolyStack extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Processor")
  public int processor;

  @Label("Ran")
  @Description("How long the slice had lasted when the stack was taken")
  @Timespan(Timespan.NANOSECONDS)
  public long ranNanos;

  @Label("Stack")
  @Description("One frame a line, innermost first")
  public String stack = "";
}
