package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a client says first, cut wherever: the name is found, or none, and all is kept. */
@Timeout(60)
final class ClientHelloTest {
  private static final int HEADER = 5;
  private static final byte[] NAMED = hello(Certificates.OTHER);
  private static final byte[] UNNAMED = hello(null);

  /** The record that the JDK's engine sends first. */
  private static byte[] hello(@Nullable String name) {
    try {
      var engine = Certificates.context(null).createSSLEngine();
      engine.setUseClientMode(true);
      if (name != null) {
        var parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
      }
      var record = ByteBuffer.allocate(1 << 15);
      var result = engine.wrap(ByteBuffer.allocate(0), record);
      assertEquals(SSLEngineResult.Status.OK, result.getStatus());
      return Arrays.copyOf(record.array(), record.position());
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  /** The same message, cut over records that end at these places of it. */
  static byte[] cut(byte[] record, int... places) {
    var out = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 0; i <= places.length; i++) {
      int to = i < places.length ? places[i] : record.length - HEADER;
      out.write(record, 0, 3);
      out.write((to - from) >> 8);
      out.write(to - from);
      out.write(record, HEADER + from, to - from);
      from = to;
    }
    return out.toByteArray();
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  private static @Nullable String name(byte[] bytes) throws IOException {
    var hello = new ClientHello();
    hello.readFrom(channel(bytes));
    assertEquals(ByteBuffer.wrap(bytes), hello.bytes(), "all is kept for the engine");
    return hello.serverName();
  }

  @Test
  void theNameIsFoundInOneRecord() throws Exception {
    assertEquals(Certificates.OTHER, name(NAMED));
    assertNull(name(UNNAMED));
  }

  @Test
  void theNameIsFoundInTwoRecordsCutAtAnyByte() throws Exception {
    for (int place = 1; place < NAMED.length - HEADER; place++) {
      assertEquals(Certificates.OTHER, name(cut(NAMED, place)), "cut at " + place);
    }
  }

  @Test
  void theNameIsFoundInRecordsOfOneByte() throws Exception {
    int[] everywhere = new int[NAMED.length - HEADER - 1];
    Arrays.setAll(everywhere, i -> i + 1);
    assertEquals(Certificates.OTHER, name(cut(NAMED, everywhere)));
  }

  @Test
  void aReadThatWasCutShortContinuesAndTheRestIsLeftToTheEngine() throws Exception {
    for (int split = 1; split < NAMED.length; split++) {
      var hello = new ClientHello();
      var first = channel(Arrays.copyOf(NAMED, split));
      assertThrows(ClosedChannelException.class, () -> hello.readFrom(first));
      hello.readFrom(channel(Arrays.copyOfRange(NAMED, split, NAMED.length + 3)));
      assertEquals(Certificates.OTHER, hello.serverName());
      assertEquals(NAMED.length + 3, hello.bytes().remaining());
    }
  }

  @Test
  void whatIsNoHelloNamesNothing() throws Exception {
    assertNull(name("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertNull(name(new byte[] {22, 3, 1, 0, 0})); // an empty record
    assertNull(name(new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff})); // too long a record
    assertNull(name(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0})); // a server's
    assertNull(name(new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0})); // an empty one
  }

  @Test
  void aMessageThatIsTooLongIsLeftToTheEngineBeforeItIsWhole() throws Exception {
    var out = new ByteArrayOutputStream();
    byte[] record = new byte[HEADER + (1 << 14)];
    record[0] = 22;
    record[3] = 1 << 6;
    byte[] first = record.clone();
    first[HEADER] = 1;
    Arrays.fill(first, HEADER + 1, HEADER + 4, (byte) 0xff);
    out.write(first);
    out.write(record);
    assertNull(name(out.toByteArray()));
  }

  /** Bytes changed at random, always the same ones: never more than "no name". */
  @Test
  void aBrokenMessageThrowsNothing() throws Exception {
    var random = new Random(15);
    for (int i = 0; i < 20_000; i++) {
      byte[] broken = NAMED.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        broken[random.nextInt(HEADER + 4, broken.length)] = (byte) random.nextInt();
      }
      assertDoesNotThrow(() -> name(broken));
    }
  }

  /** A first message with another name in the place of {@link Certificates#OTHER}, as long. */
  static byte[] forged(String name) {
    byte[] forged = NAMED.clone();
    byte[] original = Certificates.OTHER.getBytes(StandardCharsets.US_ASCII);
    byte[] other = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), original.length);
    for (int at = 0; at <= forged.length - other.length; at++) {
      if (Arrays.equals(forged, at, at + other.length, original, 0, other.length)) {
        System.arraycopy(other, 0, forged, at, other.length);
      }
    }
    return forged;
  }

  @Test
  void aNameWithControlsIsNone() throws Exception {
    assertEquals("other-example", name(forged("other-example")));
    assertNull(name(forged("other\nexample")));
  }
}
