package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.events.ConnectFailed;
import dev.heddle.scheduler.events.TlsHandshake;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recording says of connections that do not come to be, and of TLS handshakes. */
@Timeout(60)
final class ConnectionEventsTest {
  private static final TlsOptions SERVER = TlsOptions.of(Certificates.context(Certificates.SERVER));
  private static final TlsOptions TRUSTING = TlsOptions.of(Certificates.context(null));

  @TempDir private Path folder;
  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(PollerKind.AUTO);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private List<RecordedEvent> record(Class<? extends Event> type, Fixture.Action body)
      throws Exception {
    Path file = folder.resolve("out.jfr");
    try (var recording = new Recording()) {
      recording.enable(type);
      recording.start();
      body.run();
      recording.stop();
      recording.dump(file);
    }
    String name = EventType.getEventType(type).getName();
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .toList();
  }

  @Test
  void aRefusedConnectionIsAnEventWithItsAddressAndReason() throws Exception {
    SocketAddress nobody;
    try (var listener = fixture.listen()) {
      nobody = listener.localAddress();
    }
    List<RecordedEvent> events =
        record(
            ConnectFailed.class,
            () -> assertThrows(ConnectException.class, () -> fixture.network.dial(nobody)));
    assertEquals(1, events.size(), events.toString());
    RecordedEvent event = events.getFirst();
    assertEquals(nobody.toString(), event.getString("address"));
    assertTrue(event.getString("reason").contains("refused"), event.toString());
    assertEquals(Thread.currentThread().threadId(), event.getLong("taskId"));
  }

  @Test
  void aConnectionThatComesToBeIsNone() throws Exception {
    try (var listener = fixture.listen()) {
      assertEquals(
          List.of(),
          record(ConnectFailed.class, () -> fixture.network.dial(listener.localAddress()).close()));
    }
  }

  @Test
  void eachEndOfAHandshakeIsAnEvent() throws Exception {
    List<RecordedEvent> events = record(TlsHandshake.class, () -> handshake(TRUSTING));
    assertEquals(
        List.of(false, true),
        events.stream().map(event -> event.getBoolean("server")).sorted().toList());
    for (RecordedEvent event : events) {
      assertNull(event.getString("failure"), event.toString());
      assertTrue(event.getDuration().toNanos() > 0, event.toString());
      assertTrue(event.getString("peer").contains("127.0.0.1"), event.toString());
    }
  }

  @Test
  void aHandshakeThatFailsSaysWhy() throws Exception {
    var distrusting = TlsOptions.of(javax.net.ssl.SSLContext.getDefault());
    List<RecordedEvent> events =
        record(
            TlsHandshake.class,
            () -> assertThrows(IOException.class, () -> handshake(distrusting)));
    RecordedEvent client =
        events.stream().filter(event -> !event.getBoolean("server")).findFirst().orElseThrow();
    assertTrue(client.getString("failure").contains("path"), client.toString());
  }

  private void handshake(TlsOptions options) throws Exception {
    var pair = fixture.pair();
    try (var server = TlsConn.server(pair.server(), SERVER);
        var client = TlsConn.client(pair.client(), Certificates.SERVER, options)) {
      var other = fixture.run(server::handshake);
      try {
        client.handshake();
      } catch (IOException e) {
        assertThrows(IOException.class, other::join);
        throw e;
      }
      other.join();
    }
  }
}
