package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * A thread waited for the network, and from where in its code: run slices know how long tasks wait,
 * this sample of the waits knows on which lines.
 *
 * <p>Committed by the waiting thread itself, since only that has the stack; limited in rate, since
 * a stack costs more than the wait's own system call.
 */
@Name("dev.heddle.NetworkWait")
@Label("Network Wait")
@Description("A thread waited for the network; a sample of the waits, with stacks")
@Category("Heddle")
@Enabled(false)
@StackTrace(true)
@Throttle("1000/s")
public final class NetworkWait extends Event {
  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Operation")
  @Description("io-read, io-write, accept or connect")
  public String operation = "";

  @Label("Descriptor")
  public int fd = -1;

  @Label("Peer")
  public @Nullable String peer;
}
