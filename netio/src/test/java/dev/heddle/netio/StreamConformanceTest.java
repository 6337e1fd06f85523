package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the streams of a connection have beside its reads and writes, over every transport. */
final class StreamConformanceTest extends ConformanceSuite {

  /** Over TLS what counts is decrypted: the rest of a record that a read has begun. */
  @Test
  void aStreamSaysHowMuchCanBeReadWithoutWaiting() throws Exception {
    try (var pair = pair()) {
      InputStream in = pair.server().inputStream();
      assertEquals(0, in.available());
      Bytes.send(pair.client(), "abcdef");
      assertEquals('a', in.read());
      assertEquals(5, in.available());
      assertEquals("bcdef", new String(in.readNBytes(5), StandardCharsets.UTF_8));
      assertEquals(0, in.available());
    }
  }

  @Test
  void aBufferedReaderThatAsksFirstSeesWhatHasCome() throws Exception {
    try (var pair = pair()) {
      InputStream in = pair.server().inputStream();
      Bytes.send(pair.client(), "a line\n");
      assertEquals('a', in.read());
      var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      assertTrue(reader.ready());
      assertEquals(" line", reader.readLine());
      assertFalse(reader.ready());
    }
  }

  @Test
  void nothingIsAvailableAfterTheEndAndAClosedStreamThrows() throws Exception {
    try (var pair = pair()) {
      InputStream in = pair.server().inputStream();
      pair.client().closeWrite();
      assertEquals(-1, in.read());
      assertEquals(0, in.available());
      in.close();
      assertThrows(ClosedChannelException.class, in::available);
    }
  }

  @Test
  void nothingIsAvailableOnceReadingHasEnded() throws Exception {
    try (var pair = pair()) {
      InputStream in = pair.server().inputStream();
      Bytes.send(pair.client(), "abcdef");
      assertEquals('a', in.read());
      pair.server().closeRead();
      assertEquals(0, in.available());
    }
  }
}
