package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** On which processors connections are served. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class PlacementTest {
  private static final int PROCESSORS = 4;
  private static final String CARRIER = "-carrier-";

  @Parameter PollerKind kind;

  private final List<Conn> clients = new ArrayList<>();
  private final AtomicIntegerArray begun = new AtomicIntegerArray(PROCESSORS); // by processor
  private Fixture fixture;
  private Listener listener;
  private Server server;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind, PROCESSORS);
    listener = fixture.listen();
  }

  @AfterEach
  void close() throws Exception {
    for (Conn client : clients) {
      client.close();
    }
    server.close();
    fixture.close();
  }

  private void serve(Placement placement) throws IOException {
    server =
        fixture.network.serve(listener, this::echo, ServeOptions.DEFAULT.withPlacement(placement));
  }

  private void echo(Conn conn) throws IOException {
    var where = Thread.currentThread().toString(); // the JDK names the carrier in it
    int at = where.lastIndexOf(CARRIER);
    begun.getAndIncrement(Integer.parseInt(where.substring(at + CARRIER.length())));
    var buffer = ByteBuffer.allocate(100);
    if (conn.read(buffer) >= 0) {
      conn.write(buffer.flip());
    }
  }

  private void connect(DialOptions options) throws IOException {
    var client = fixture.network.dial(listener.localAddress(), options);
    clients.add(client);
    Bytes.send(client, "hello");
    Bytes.expect(client, "hello");
  }

  private void connect(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      connect(DialOptions.DEFAULT);
    }
  }

  private static DialOptions from(String address) {
    var local = new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    return DialOptions.DEFAULT.withLocal(local);
  }

  @Test
  void roundRobinGivesEachProcessorAsManyConnections() throws Exception {
    serve(Placement.ROUND_ROBIN);
    connect(10 * PROCESSORS);
    assertArrayEquals(new int[] {10, 10, 10, 10}, server.places().counts());
    for (int i = 0; i < PROCESSORS; i++) {
      assertTrue(begun.get(i) >= 5, "most begin where they are placed: " + begun);
    }
  }

  @Test
  void aConnectionIsServedOnOneProcessorEachTime() throws Exception {
    serve(Placement.ROUND_ROBIN);
    connect(3); // the next is on the last
    int before = begun.get(3);
    connect(1);
    for (int i = 0; i < 40; i++) {
      Bytes.send(clients.getLast(), "again");
      Bytes.expect(clients.getLast(), "again");
    }
    assertTrue(begun.get(3) - before >= 21, "most begin where they are placed: " + begun);
  }

  @Test
  void leastConnectionsFillsUpWhereSomeHaveEnded() throws Exception {
    serve(Placement.LEAST_CONNECTIONS);
    connect(3 * PROCESSORS);
    assertArrayEquals(new int[] {3, 3, 3, 3}, server.places().counts());
    clients.get(1).close();
    clients.get(5).close();
    clients.get(9).close();
    clients.get(10).close();
    Fixture.await(() -> Arrays.equals(new int[] {3, 0, 2, 3}, server.places().counts()));
    connect(4);
    assertArrayEquals(new int[] {3, 3, 3, 3}, server.places().counts());
  }

  @Test
  void sourceHashKeepsAClientOnOneProcessorAndSpreadsClients() throws Exception {
    serve(Placement.SOURCE_HASH);
    connect(10);
    assertEquals(1, Arrays.stream(server.places().counts()).filter(count -> count == 10).count());
    for (int i = 2; i < 42; i++) {
      connect(from("127.0.0." + i));
    }
    assertTrue(Arrays.stream(server.places().counts()).allMatch(count -> count >= 2));
  }

  @Test
  void localIsNoPlace() throws Exception {
    serve(Placement.LOCAL);
    connect(5);
    assertArrayEquals(new int[PROCESSORS], server.places().counts());
    assertEquals(5, begun.get(0) + begun.get(1) + begun.get(2) + begun.get(3));
  }

  @Test
  void whatHasEndedTakesNoPlace() throws Exception {
    serve(Placement.ROUND_ROBIN);
    connect(6);
    server.close();
    Fixture.await(() -> Arrays.equals(new int[PROCESSORS], server.places().counts()));
  }
}
