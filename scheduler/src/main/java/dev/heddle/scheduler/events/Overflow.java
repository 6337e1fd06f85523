package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A full local run queue moved half of its tasks to the global one. */
@Name("dev.heddle.Overflow")
@Label("Overflow")
@Description("A full local run queue moved half of its tasks to the global run queue")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class Overflow extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Processor")
  public int processor;

  @Label("Tasks")
  public int tasks;
}
