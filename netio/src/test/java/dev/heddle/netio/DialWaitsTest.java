package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DialWaitsTest {
  private final DialWaits waits = new DialWaits();
  private final CompletableFuture<String> future = new CompletableFuture<>();

  private Fixture.Running<String> waiter() throws Exception {
    return Fixture.go(Thread.ofVirtual(), () -> waits.await(future, Deadlines.NEVER))
        .awaitBlockedIn(DialWaits.class.getName());
  }

  @Test
  void theResultEndsTheWait() throws Exception {
    var waiter = waiter();
    future.complete("there");
    assertEquals("there", waiter.join());
  }

  @Test
  void aFailureIsThrown() throws Exception {
    var waiter = waiter();
    future.completeExceptionally(new IOException("no"));
    assertEquals(
        "no", assertInstanceOf(ExecutionException.class, waiter.failure()).getCause().getMessage());
  }

  @Test
  void theDeadlineEndsTheWaitAndCancels() {
    long deadline = Deadlines.after(Duration.ofMillis(20));
    assertThrows(TimeoutException.class, () -> waits.await(future, deadline));
    assertTrue(System.nanoTime() >= deadline);
    assertTrue(future.isCancelled());
  }

  @Test
  void anInterruptEndsTheWaitAndCancels() throws Exception {
    var waiter = waiter();
    waiter.thread().interrupt();
    assertInstanceOf(InterruptedIOException.class, waiter.failure());
    assertTrue(future.isCancelled());
  }

  @Test
  void closeEndsPendingWaitsAndFailsLaterOnes() throws Exception {
    var waiter = waiter();
    waits.close();
    assertInstanceOf(AsynchronousCloseException.class, waiter.failure());
    assertThrows(
        AsynchronousCloseException.class,
        () -> waits.await(new CompletableFuture<>(), Deadlines.NEVER));
  }
}
