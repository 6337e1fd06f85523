package dev.heddle.stress;

import dev.heddle.netio.Conn;
import dev.heddle.stress.suites.FdExhaustionServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** The server of {@code fd-exhaustion}, whose accepting task ends when descriptors are scarce. */
final class FaultyExhaustionServer {
  private static final int ACCEPTED_BEFORE = 60;

  private FaultyExhaustionServer() {}

  public static void main(String[] args) throws Exception {
    var accepted = new AtomicInteger();
    FdExhaustionServer.run(
        args,
        new Wiring() {
          @Override
          public Conn conn(Conn conn) {
            if (accepted.incrementAndGet() == ACCEPTED_BEFORE) {
              close(conn); // only the accepting is at fault
              throw new IllegalStateException("the accepting task ends, on purpose");
            }
            return conn;
          }
        });
  }

  private static void close(Conn conn) {
    try {
      conn.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
