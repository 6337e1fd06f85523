package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The work of a processor whose carrier is held by one task went to another processor. */
@Name("dev.heddle.Handoff")
@Label("Handoff")
@Description("The work of a processor whose carrier is held by a task was given to another")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class HandedOff extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("From")
  @Description("The processor that is held")
  public int from;

  @Label("To")
  @Description("The processor that was woken to take over; -1 if others were awake to do so")
  public int to;

  @Label("Task Id")
  @Description("The task that holds it")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Reason")
  @Description("retake (by sysmon, after 10 ms) or blocking (the task said it would block)")
  public String reason = "retake";
}
