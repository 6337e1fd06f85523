package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A processor without work took tasks from another's local run queue. */
@Name("dev.heddle.Steal")
@Label("Steal")
@Description("A processor took tasks from the local run queue of another")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class Steal extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Thief")
  @Description("The processor that took")
  public int thief;

  @Label("Victim")
  @Description("The processor taken from")
  public int victim;

  @Label("Tasks")
  public int tasks;
}
