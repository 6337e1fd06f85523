package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A task came into being; its lifetime begins here and ends with the run slice that ends as {@code
 * done}.
 */
@Name("dev.heddle.TaskCreated")
@Label("Task Created")
@Description("A task was created and is about to be queued for the first time")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class TaskCreated extends Event {
  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Parent Task Id")
  @Description("The task that created this one, 0 if a thread outside the scheduler did")
  public long parentTaskId;
}
