package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection to one address did not come to be: refused, unreachable, or too late. */
@Name("dev.heddle.ConnectFailed")
@Label("Connect Failed")
@Description("A connection to one address did not come to be; lasts as long as the attempt")
@Category("Heddle")
@Enabled(false)
@StackTrace(true)
public final class ConnectFailed extends Event {
  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Address")
  public @Nullable String address;

  @Label("Reason")
  @Description("What the operating system says, or that the deadline passed")
  public @Nullable String reason;
}
