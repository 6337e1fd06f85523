package dev.heddle.bench.server;

import java.io.Closeable;

/** A running server that does the agreed work on loopback. */
public interface Server extends Closeable {
  /** Returns the port it listens on. */
  int port();

  /** Starts a task beside the connections, on the same carriers. */
  void go(Runnable body);
}
