package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Deadlines on a machine that is busy with this test's own tasks, and so with no other test's. */
@Isolated
final class BusyMachineConformanceTest extends ConformanceSuite {
  private static final Duration SHORT = Duration.ofMillis(100);

  @Test
  void aDeadlineFiresThoughEveryProcessorIsBusyUntilItHas() throws Exception {
    try (var pair = pair()) {
      var stop = new AtomicBoolean();
      var busy =
          fixture.times(
              2 * processors,
              _ -> {
                while (!stop.get()) {
                  Thread.onSpinWait();
                }
              });
      try {
        long start = System.nanoTime();
        pair.server().setReadDeadline(start + SHORT.toNanos());
        var reader =
            Fixture.go(Thread.ofPlatform(), () -> pair.server().read(ByteBuffer.allocate(1)));
        assertInstanceOf(SocketTimeoutException.class, reader.failure());
        long took = System.nanoTime() - start;
        assertTrue(took >= SHORT.toNanos(), () -> took + " ns");
      } finally {
        stop.set(true);
      }
      Fixture.joinAll(busy);
    }
  }
}
