package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A line that the program wrote into a span. */
@Name("dev.heddle.SpanLog")
@Label("Span Log")
@Description("A line that the program wrote into a span")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class SpanLog extends Event {
  @Label("Span Id")
  @Description("The span that it belongs to, 0 if none")
  public long spanId;

  @Label("Message")
  public String message = "";
}
