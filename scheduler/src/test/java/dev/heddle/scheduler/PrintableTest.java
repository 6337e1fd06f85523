package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class PrintableTest {
  @Test
  void whatPrintsStaysAsItIs() {
    for (var text : new String[] {"", "a b\\c", "bücher.test", "汉字", "\ud83d\ude00", "~"}) {
      assertSame(text, Printable.text(text));
    }
    assertEquals("null", Printable.text(null));
  }

  @Test
  void controlsAreEscapedAsInJava() {
    assertEquals("a\\nb\\r\\tc", Printable.text("a\nb\r\tc"));
    assertEquals("\\u001b[31m\\u0000\\u007f\\u0085", Printable.text("\u001b[31m\0\u007f\u0085"));
    assertEquals("x\\u2028\\u2029\\u202ey", Printable.text("x\u2028\u2029\u202ey"));
    assertEquals("\\ud800!", Printable.text("\ud800!"));
    assertEquals("\\udb40\\udc41", Printable.text("\udb40\udc41"));
  }

  @Test
  void anExceptionThatIsFitStaysItself() {
    var e = new IOException("fit", new IllegalStateException("also"));
    e.addSuppressed(e.getCause());
    assertSame(e, Printable.failure(e));
  }

  @Test
  void anExceptionPrintsAsBeforeButWithoutControlsAtAnyDepth() {
    var e = new IOException("fit", new IllegalStateException("a\nforged line"));
    e.addSuppressed(new IOException("another\r\nforged line"));
    var text = new StringWriter();
    Printable.failure(e).printStackTrace(new PrintWriter(text));
    var lines = text.toString().lines().toList();
    assertEquals("java.io.IOException: fit", lines.getFirst());
    assertTrue(
        lines.contains("Caused by: java.lang.IllegalStateException: a\\nforged line"),
        text::toString);
    assertTrue(
        lines.contains("\tSuppressed: java.io.IOException: another\\r\\nforged line"),
        text::toString);
    assertFalse(lines.contains("forged line"), text::toString);
    assertEquals(e.getStackTrace()[0], Printable.failure(e).getStackTrace()[0]);
  }

  @Test
  void causesInACircleEnd() {
    var one = new IOException("one\n");
    var two = new IOException("two", one);
    one.initCause(two);
    two.addSuppressed(one);
    assertEquals("java.io.IOException: two", Printable.failure(two).toString());
    assertEquals("one\\n", Printable.failure(two).getCause().getMessage());
  }
}
