package dev.heddle.netio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Server} needs of a listener beside {@link #accept}: more of the kind, and an end by
 * which nobody is lost.
 */
interface ServableListener extends Listener {
  /**
   * Opens another listener on the same address, with the same options.
   *
   * @throws IllegalArgumentException if addresses or options do not allow it
   * @throws IOException if the system does not
   */
  ServableListener sibling() throws IOException;

  /** A connection that has come already; null if there is none. Never waits. */
  @Nullable Conn acceptNow() throws IOException;

  /**
   * Has the system drop what asks for a connection from now on: those peers ask again a second
   * later, and come to another listener of the address, if there is one by that time. Connections
   * that are under way still come. Any thread.
   *
   * @return false if the system cannot
   */
  boolean stopArrivals();

  /** From now on closing all listeners of the network leaves it alone: its server closes it. */
  void closesByItself();
}
