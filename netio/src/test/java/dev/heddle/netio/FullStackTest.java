package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.FullStack;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A task whose stack overflows inside of a socket operation, at every depth and from every call,
 * leaves that socket, and the poller of all, as they were. In a JVM of its own, interpreted (where
 * every call is one) and compiled. Reads and writes are over epoll only: a channel of the JDK,
 * which the selector poller uses for them, may keep its own lock.
 */
final class FullStackTest {
  @ParameterizedTest
  @CsvSource({
    "EPOLL, io, -Xint",
    "EPOLL, io, -Xmixed",
    "EPOLL, closing, -Xint",
    "EPOLL, closing, -Xmixed",
    "SELECTOR, closing, -Xint"
  })
  void anOverflowAtAnyDepthLeavesAllAsItWas(PollerKind kind, String what, String mode) {
    var flags = new ArrayList<>(ChildJvm.FLAGS);
    flags.addAll(List.of("-ea:dev.heddle...", "-Xss320k", mode));
    var child = ChildJvm.run(flags, Overflows.class, kind.name(), what);
    assertEquals(0, child.exitCode(), child.output());
  }

  /** Runs in the child. */
  static final class Overflows {
    private static final int CHECKS = 50;

    private final Fixture fixture;
    private final Fixture.Pair pair;
    private final AtomicLong received = new AtomicLong();
    private final ByteBuffer out = ByteBuffer.allocate(1);
    private final ByteBuffer in = ByteBuffer.allocate(1);
    private final List<PacketConn> notClosed = new ArrayList<>();

    private Overflows(PollerKind kind) throws IOException {
      fixture = new Fixture(kind);
      pair = fixture.pair();
    }

    public static void main(String[] args) throws Exception {
      new Overflows(PollerKind.valueOf(args[0])).run(args[1]);
      System.exit(0);
    }

    private void run(String what) throws Exception {
      var server = fixture.run(this::receive);
      fixture
          .run(
              () -> { // what is used below is loaded and linked
                for (int i = 0; i < CHECKS; i++) {
                  io();
                  closing();
                }
              })
          .join();
      FullStack.fill(
          body -> Waits.join(fixture.run(body::run).thread()),
          what.equals("io") ? this::io : this::closing);
      fixture.run(this::check).join();
      pair.close();
      server.join();
      Waits.until(
          () -> "nothing is open: " + fixture.network.openSockets(),
          () -> fixture.network.openSockets() == 0);
      fixture.close();
    }

    private void receive() throws IOException {
      var buffer = ByteBuffer.allocate(1024);
      try {
        for (int n; (n = pair.server().read(buffer.clear())) >= 0; ) {
          received.addAndGet(n);
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void io() {
      try {
        pair.client().write(out.clear());
        pair.client().setReadDeadline(System.nanoTime() - 1);
        pair.client().read(in.clear());
      } catch (SocketTimeoutException e) {
        // as it is meant
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void closing() {
      PacketConn conn = null;
      try {
        conn = fixture.network.listenPacket(Fixture.ANY_PORT);
        conn.close();
      } catch (StackOverflowError e) {
        if (conn != null) {
          notClosed.add(conn);
        }
        throw e;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void check() throws IOException {
      for (PacketConn conn : notClosed) {
        conn.close();
        assertEquals(false, conn.isOpen());
      }
      long before = received.get();
      pair.client().write(out.clear());
      Waits.until("the byte has come", () -> received.get() > before);
      for (int i = 0; i < CHECKS; i++) {
        pair.client().setReadTimeout(Duration.ofMillis(1));
        pair.client().setReadDeadline(Deadlines.NEVER);
        try {
          pair.client().read(in.clear());
          throw new AssertionError("nobody has sent anything");
        } catch (SocketTimeoutException e) {
          // as it is meant
        }
      }
    }
  }
}
