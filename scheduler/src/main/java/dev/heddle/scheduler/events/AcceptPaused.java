package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A listener could accept no connection, since a resource is used up, and paused: connections wait
 * in its backlog.
 */
@Name("dev.heddle.AcceptPaused")
@Label("Accept Paused")
@Description("A listener paused as it had no descriptor or memory for the next connection")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class AcceptPaused extends Event {
  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Listener")
  @Description("The address that is listened on")
  public @Nullable String listener;

  @Label("Reason")
  @Description("What the operating system says")
  public @Nullable String reason;
}
