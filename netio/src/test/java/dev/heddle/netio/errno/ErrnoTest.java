package dev.heddle.netio.errno;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

final class ErrnoTest {
  @Test
  void everyErrorIsFoundByItsNumberItsWordsAndTheTextOfThisProcess() {
    for (Errno errno : Errno.values()) {
      assertEquals(errno, Errno.of(errno.number()));
      assertEquals(errno, Errno.of(new IOException(errno.words())));
      String text = StrError.ofThisProcess().text(errno.number());
      assertEquals(errno, Errno.of(new IOException(text)), text);
      assertEquals(errno.words(), Errno.words(new IOException(text)));
    }
  }

  @Test
  void theWordsOfTheJdkAreKnownAndStay() {
    var reset = new SocketException("Connection reset");
    assertEquals(Errno.ECONNRESET, Errno.of(reset));
    assertEquals("Connection reset", Errno.words(reset));
  }

  @Test
  void aCauseIsFoundBelowExceptionsThatAddToItsMessage() {
    var cause = new IOException(Errno.EPIPE.words());
    assertEquals(
        Errno.EPIPE, Errno.of(new IOException("write: " + cause.getMessage(), new Error(cause))));
  }

  @Test
  void causesThatFormACircleEnd() {
    var one = new IOException("one");
    one.initCause(new IOException("two", one));
    assertNull(Errno.of(one));
  }

  @Test
  void anotherTextOrNumberIsNone() {
    assertNull(Errno.of(new IOException("disk full")));
    assertNull(Errno.of(new IOException((String) null)));
    assertNull(Errno.of(0));
    assertNull(Errno.of(-1));
    assertNull(Errno.of(Integer.MAX_VALUE));
    assertEquals("disk full", Errno.words(new IOException("disk full")));
  }

  @Test
  void anErrorThatIsNotDistinguishedIsSaidInWords() {
    int tooManyLinks = 31;
    assertNull(Errno.of(tooManyLinks));
    assertFalse(Errno.words(tooManyLinks).matches(".*\\d.*"), Errno.words(tooManyLinks));
  }
}
