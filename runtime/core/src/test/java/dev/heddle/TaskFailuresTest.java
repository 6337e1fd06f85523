package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.LogLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** At which level a failure that escapes from a task is logged. */
final class TaskFailuresTest {
  private final AtomicLong now = new AtomicLong();
  private final TaskFailures failures = new TaskFailures(new LogLimit(now::get));

  /** What the log has, at its default level. */
  private String logged(Throwable failure) {
    return logged(Thread.ofVirtual().name("the task").unstarted(() -> {}), failure);
  }

  private String logged(Thread task, Throwable failure) {
    return logged(() -> failures.uncaughtException(task, failure));
  }

  private static String logged(Runnable what) {
    PrintStream before = System.err;
    var bytes = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      what.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aPeerThatGoesAwayIsNotLogged() {
    assertEquals("", logged(new SocketException("Connection reset")));
    var pipe = new IOException("Broken pipe");
    assertEquals("", logged(new IOException("write (0 of 5 bytes done): Broken pipe", pipe)));
    var reset = new IOException("Connection reset by peer");
    assertEquals("", logged(new IOException("read: Connection reset by peer", reset)));
  }

  @Test
  void aClosedChannelIsNotLogged() {
    assertEquals("", logged(new AsynchronousCloseException()));
  }

  @Test
  void anotherFailureOfTheNetworkIsOneLineWithTheNameOfTheTask() {
    String text = logged(new IOException("disk full"));
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.contains("WARN") && text.contains("the task"), text);
    assertTrue(text.contains("disk full"), text);
  }

  @Test
  void aTaskWithoutANameIsLoggedByItsNumber() {
    Thread task = Thread.ofVirtual().unstarted(() -> {});
    String text = logged(task, new IOException("disk full"));
    assertTrue(text.contains("task #" + task.threadId() + " ended"), text);
  }

  @Test
  void aDefectIsAnErrorWithItsStack() {
    String text = logged(new IllegalStateException("a defect"));
    assertTrue(text.contains("ERROR") && text.contains("the task"), text);
    assertTrue(text.contains("\tat "), text);
  }

  @Test
  void whileTheRuntimeClosesInterruptsAndRejectionsAreExpected() {
    assertFalse(logged(new InterruptedException()).isEmpty());
    assertFalse(logged(new RejectedExecutionException()).isEmpty());
    failures.closing();
    assertEquals("", logged(new InterruptedException()));
    assertEquals("", logged(new RejectedExecutionException()));
  }

  @Test
  void aKindOfFailureHasALineASecondAndTheRestIsCounted() {
    var text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append(logged(new IOException("garbage from client " + i)));
    }
    text.append(logged(new IllegalStateException("a defect")));
    assertEquals(1, text.toString().lines().filter(line -> line.contains("garbage")).count());
    assertTrue(text.toString().contains("a defect"), text::toString);
    now.set(1_000_000_000);
    String next = logged(new IllegalStateException("no kind of those"));
    assertFalse(next.contains("left out"), next);
    String last = logged(failures::closed);
    assertTrue(last.contains(" 999 more tasks failed"), last);
    assertEquals("", logged(failures::closed));
  }

  @Test
  void controlsInNamesAndMessagesForgeNoLine() {
    Thread task = Thread.ofVirtual().name("of a\nforged client").unstarted(() -> {});
    String text = logged(task, new IOException("a\nforged line"));
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.contains("of a\\nforged client") && text.contains("a\\nforged line"), text);
    String stack = logged(task, new IllegalStateException("no", new IOException("a\nforged line")));
    assertFalse(stack.lines().anyMatch(line -> line.startsWith("forged")), stack);
  }

  @Test
  void whileTheRuntimeClosesTheEndOfADriversSocketIsExpected() {
    var closed = new SocketException("Closed by interrupt");
    assertFalse(logged(new IllegalStateException("query failed", closed)).isEmpty());
    failures.closing();
    assertEquals("", logged(new IllegalStateException("query failed", closed)));
    assertEquals("", logged(closed));
    assertFalse(logged(new NullPointerException("a defect")).isEmpty());
  }
}
