package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A task has waited for 10 ms for something that is not the network, and this is where.
 *
 * <p>The JDK's own events ({@code jdk.JavaMonitorEnter}, {@code jdk.ThreadPark}) say nothing of a
 * virtual thread that is not mounted. So the tasks are looked at from time to time: each long wait
 * is seen once, up to a bound, and short ones never.
 */
@Name("dev.heddle.BlockedStack")
@Label("Blocked Stack")
@Description("The stack of a task that has waited for 10 ms or more, but not for the network")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
@Period("20 ms")
public final class BlockedStack extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Waits For")
  @Description("park, monitor or sleep")
  public String waitsFor = "park";

  @Label("Waited")
  @Description("How long it had waited when the stack was taken")
  @Timespan(Timespan.NANOSECONDS)
  public long waitedNanos;

  @Label("Blocker Class")
  @Description("What it waits for: the monitor's object, or the object given to park")
  public @Nullable String blockerClass;

  @Label("Blocker Id")
  @Description("Identity hash code of that object, 0 if there is none")
  public int blockerId;

  @Label("Owner Id")
  @Description("Thread id of the task that holds the monitor, 0 if that is not known")
  public long ownerId;

  @Label("Owner Name")
  public @Nullable String ownerName;

  @Label("Stack")
  @Description("One frame a line, innermost first")
  public String stack = "";

  @Label("Owner Stack")
  @Description("What the owner did at that moment; one frame a line, innermost first")
  public @Nullable String ownerStack;
}
