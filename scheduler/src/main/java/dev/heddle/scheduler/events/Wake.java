package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An idle processor was woken because there was work. */
@Name("dev.heddle.Wake")
@Label("Wake")
@Description("An idle processor was woken because there was work")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class Wake extends Event {
  @Label("Runtime")
  @Description("Which runtime of the JVM, counted from 1 as they were started")
  public int runtime;

  @Label("Waker")
  @Description("The processor that woke it, -1 if the waker was not a carrier")
  public int waker;

  @Label("Woken")
  public int woken;
}
