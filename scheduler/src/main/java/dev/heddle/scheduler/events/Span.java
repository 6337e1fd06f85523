package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A span that the program itself marked: a request, or a part of one. */
@Name("dev.heddle.Span")
@Label("Span")
@Description("A span that the program marked, and where its task's time went meanwhile")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class Span extends Event {
  @Label("Span Id")
  public long spanId;

  @Label("Parent Id")
  @Description("The span that it is a part of, 0 if none")
  public long parentId;

  @Label("Kind")
  @Description("task: tasks that it starts are parts of it; region: a part of one task")
  public String kind = "region";

  @Label("Span Name")
  public String spanName = "";

  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Ran")
  @Description("The five add up to the span; -1 if it ended in another task than it began")
  @Timespan(Timespan.NANOSECONDS)
  public long ranNanos = -1;

  @Label("Runnable")
  @Timespan(Timespan.NANOSECONDS)
  public long runnableNanos = -1;

  @Label("Network")
  @Timespan(Timespan.NANOSECONDS)
  public long networkNanos = -1;

  @Label("Blocked")
  @Timespan(Timespan.NANOSECONDS)
  public long blockedNanos = -1;

  @Label("Asleep")
  @Timespan(Timespan.NANOSECONDS)
  public long asleepNanos = -1;
}
