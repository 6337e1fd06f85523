package dev.heddle.scheduler.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A TLS handshake, made or failed. */
@Name("dev.heddle.TlsHandshake")
@Label("TLS Handshake")
@Description("A TLS handshake, with the waits for the peer in it")
@Category("Heddle")
@Enabled(false)
@StackTrace(false)
public final class TlsHandshake extends Event {
  @Label("Task Id")
  public long taskId;

  @Label("Task Name")
  public String taskName = "";

  @Label("Peer")
  public @Nullable String peer;

  @Label("Server")
  @Description("Whether this end is the server")
  public boolean server;

  @Label("Failure")
  @Description("Why it failed; missing if it was made")
  public @Nullable String failure;
}
