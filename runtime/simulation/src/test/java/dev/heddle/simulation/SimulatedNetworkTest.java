package dev.heddle.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Deadlines;
import dev.heddle.netio.DialOptions;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PacketConn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** TCP between simulated hosts, as programs see it: each test with some seeds. */
final class SimulatedNetworkTest {
  private static final int PORT = 7000;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] readToEnd(Conn conn) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(1000);
    while (conn.read(buffer.clear()) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
    }
    return all.toByteArray();
  }

  private static void echo(Heddle heddle, Listener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      heddle.go(
          "echo",
          () -> {
            try (conn) {
              var buffer = ByteBuffer.allocate(4096);
              while (conn.read(buffer.clear()) >= 0) {
                conn.write(buffer.flip());
              }
            }
          });
    }
  }

  private static Host echoHost(Simulation sim) {
    Host server = sim.host("server");
    Listener[] listener = new Listener[1];
    server.start(
        heddle -> {
          listener[0] = heddle.listen(server.at(PORT));
          echo(heddle, listener[0]);
        });
    return server;
  }

  private static Conn dial(Simulation sim, Host server) throws Exception {
    for (; ; ) {
      try {
        return sim.heddle().dial(server.at(PORT));
      } catch (ConnectException e) {
        sim.sleep(Duration.ofMillis(1)); // it does not listen yet
      }
    }
  }

  @SimulatedTest(seeds = 20)
  void whatIsWrittenComesBackWhole(Simulation sim) throws Exception {
    try (Conn conn = dial(sim, echoHost(sim))) {
      byte[] sent = new byte[200_000];
      sim.random().nextBytes(sent);
      sim.go(
          "writer",
          () -> {
            conn.write(ByteBuffer.wrap(sent));
            conn.closeWrite();
          });
      assertArrayEquals(sent, readToEnd(conn));
    }
  }

  @SimulatedTest(seeds = 20)
  void aNameIsLookedUp(Simulation sim) throws Exception {
    dial(sim, echoHost(sim)).close();
    sim.heddle().dial(InetSocketAddress.createUnresolved("server", PORT)).close();
    assertThrows(
        UnknownHostException.class,
        () -> sim.heddle().dial(InetSocketAddress.createUnresolved("nobody", PORT)));
  }

  @SimulatedTest(seeds = 5)
  void nobodyListens(Simulation sim) throws Exception {
    Host server = sim.host("server");
    assertThrows(ConnectException.class, () -> sim.heddle().dial(server.at(PORT)));
    assertTrue(sim.elapsed().compareTo(Duration.ofMillis(5)) < 0, () -> "" + sim.elapsed());
  }

  @SimulatedTest(seeds = 5)
  void aPortIsBoundOnce(Simulation sim) throws Exception {
    try (Listener _ = sim.heddle().listen(sim.host("control").at(PORT))) {
      assertThrows(BindException.class, () -> sim.heddle().listen(sim.host("control").at(PORT)));
    }
    sim.heddle().listen(sim.host("control").at(PORT)).close();
  }

  @SimulatedTest(seeds = 5)
  void aDeadlinePassesInSimulatedTime(Simulation sim) throws Exception {
    try (Conn conn = dial(sim, echoHost(sim))) {
      Duration before = sim.elapsed();
      conn.setReadDeadline(Deadlines.after(Duration.ofMinutes(10)));
      assertThrows(SocketTimeoutException.class, () -> conn.read(ByteBuffer.allocate(1)));
      assertEquals(before.plus(Duration.ofMinutes(10)), sim.elapsed());
    }
  }

  @SimulatedTest(seeds = 5)
  void aTimeoutPassesInSimulatedTime(Simulation sim) throws Exception {
    try (Conn conn = dial(sim, echoHost(sim))) {
      conn.setReadTimeout(Duration.ofMinutes(10));
      assertThrows(SocketTimeoutException.class, () -> conn.read(ByteBuffer.allocate(1)));
      conn.write(bytes("x"));
      assertEquals(1, conn.read(ByteBuffer.allocate(1)));
    }
  }

  @SimulatedTest(seeds = 20)
  void aCloseWithUnreadBytesResets(Simulation sim) throws Exception {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(PORT));
    server.go(
        "server",
        () -> {
          Conn conn = listener.accept();
          conn.read(ByteBuffer.allocate(1));
          conn.close();
        });
    try (Conn conn = sim.heddle().dial(server.at(PORT))) {
      conn.write(bytes("two"));
      SocketException e =
          assertThrows(SocketException.class, () -> conn.read(ByteBuffer.allocate(10)));
      assertTrue(e.getMessage().contains("reset"), e.getMessage());
      sim.sleep(Duration.ofSeconds(1));
      assertThrows(IOException.class, () -> conn.write(bytes("more")));
    }
  }

  @SimulatedTest(seeds = 20)
  void aWriterWaitsForASlowReader(Simulation sim) throws Exception {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(PORT));
    server.go(
        "reader",
        () -> {
          try (Conn conn = listener.accept()) {
            sim.sleep(Duration.ofSeconds(5));
            readToEnd(conn);
          }
        });
    try (Conn conn = sim.heddle().dial(server.at(PORT))) {
      conn.write(ByteBuffer.allocate(300_000));
      assertTrue(sim.elapsed().compareTo(Duration.ofSeconds(5)) > 0, () -> "" + sim.elapsed());
    }
  }

  @SimulatedTest(seeds = 5)
  void aFullBacklogKeepsDialsWaiting(Simulation sim) throws Exception {
    Host server = sim.host("server");
    Listener listener =
        server.heddle().listen(server.at(PORT), ListenOptions.DEFAULT.withBacklog(2));
    sim.heddle().dial(server.at(PORT));
    sim.heddle().dial(server.at(PORT));
    assertThrows(
        SocketTimeoutException.class,
        () ->
            sim.heddle()
                .dial(server.at(PORT), DialOptions.DEFAULT.withTimeout(Duration.ofMillis(500))));
    server.go(
        "accept",
        () -> {
          sim.sleep(Duration.ofSeconds(2));
          listener.accept();
        });
    sim.heddle().dial(server.at(PORT));
    assertTrue(sim.elapsed().compareTo(Duration.ofSeconds(2)) > 0, () -> "" + sim.elapsed());
  }

  @SimulatedTest(seeds = 20)
  void aPartitionDelaysWhatIsSent(Simulation sim) throws Exception {
    Host server = echoHost(sim);
    try (Conn conn = dial(sim, server)) {
      sim.partition(server, sim.host("control"), Duration.ofSeconds(30));
      Duration before = sim.elapsed();
      conn.write(bytes("x"));
      assertEquals(1, conn.read(ByteBuffer.allocate(1)));
      Duration took = sim.elapsed().minus(before);
      assertTrue(took.compareTo(Duration.ofSeconds(30)) >= 0, took::toString);
    }
  }

  @SimulatedTest(seeds = 5)
  void aPartitionWithoutEndEndsTheConnection(Simulation sim) throws Exception {
    Host server = echoHost(sim);
    try (Conn conn = dial(sim, server)) {
      sim.cut(sim.host("control"), server, Duration.ofDays(1));
      conn.write(bytes("x"));
      IOException e = assertThrows(IOException.class, () -> conn.read(ByteBuffer.allocate(1)));
      assertTrue(e.getMessage().contains("timed out"), e.getMessage());
    }
  }

  @SimulatedTest(seeds = 20)
  void aCrashIsHeardOfOnlyAfterTheRestart(Simulation sim) throws Exception {
    Host server = echoHost(sim);
    try (Conn conn = dial(sim, server)) {
      server.crash();
      conn.setReadDeadline(Deadlines.after(Duration.ofMinutes(1)));
      assertThrows(SocketTimeoutException.class, () -> conn.read(ByteBuffer.allocate(1)));
      server.restart();
      conn.setReadDeadline(Deadlines.NEVER);
      conn.write(bytes("x"));
      IOException e = assertThrows(IOException.class, () -> conn.read(ByteBuffer.allocate(1)));
      assertTrue(e.getMessage().contains("reset"), e.getMessage());
    }
    dial(sim, server).close();
  }

  @SimulatedTest(seeds = 20)
  void aKilledProcessIsHeardOfAtOnce(Simulation sim) throws Exception {
    Host server = echoHost(sim);
    try (Conn conn = dial(sim, server)) {
      server.kill();
      assertEquals(-1, conn.read(ByteBuffer.allocate(1)));
      assertThrows(ConnectException.class, () -> sim.heddle().dial(server.at(PORT)));
    }
  }

  @SimulatedTest(seeds = 20)
  void ofACrashedHostNothingRunsAnyMore(Simulation sim) throws Exception {
    Host server = sim.host("server");
    var ran = new StringBuilder();
    server.go(
        "task",
        () -> {
          try {
            ran.append("begins");
            server.crash();
          } finally {
            ran.append(" ends");
          }
        });
    sim.sleep(Duration.ofSeconds(1));
    assertEquals("begins", ran.toString());
    assertTrue(!server.isUp());
  }

  @SimulatedTest(seeds = 5)
  void loopbackIsAWayToo(Simulation sim) throws Exception {
    Listener listener =
        sim.heddle().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    sim.go("echo", () -> echo(sim.heddle(), listener));
    try (Conn conn = sim.heddle().dial(listener.localAddress())) {
      conn.write(bytes("x"));
      assertEquals(1, conn.read(ByteBuffer.allocate(1)));
    }
  }

  @SimulatedTest(seeds = 1)
  void segmentsEndAnywhere(Simulation sim) throws Exception {
    Host server = sim.host("server");
    Listener listener = server.heddle().listen(server.at(PORT));
    Set<Integer> lengths = new HashSet<>();
    Thread reader =
        server.go(
            "reader",
            () -> {
              Conn conn = listener.accept();
              for (int n; (n = conn.read(ByteBuffer.allocate(100))) > 0; ) {
                lengths.add(n);
              }
            });
    try (Conn conn = sim.heddle().dial(server.at(PORT))) {
      for (int i = 0; i < 200; i++) {
        conn.write(ByteBuffer.allocate(10));
        sim.sleep(Duration.ofMillis(10));
      }
    }
    reader.join();
    assertEquals(Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), lengths);
  }

  @SimulatedTest(seeds = 5)
  void whatIsNotSyncedIsLostInACrash(Simulation sim) throws Exception {
    Host server = sim.host("server");
    server.disk().append("log", "one");
    server.disk().sync("log");
    server.disk().append("log", "two");
    server.crash();
    assertEquals("[one]", server.disk().lines("log").toString());
  }

  @SimulatedTest(seeds = 5)
  void aHostIsClosedAsAnyRuntimeIs(Simulation sim) throws Exception {
    Host server = echoHost(sim);
    try (Conn conn = dial(sim, server)) {
      conn.write(bytes("x"));
      assertEquals(1, conn.read(ByteBuffer.allocate(1)));
      server.heddle().close();
      assertEquals(-1, conn.read(ByteBuffer.allocate(1)));
      assertThrows(ConnectException.class, () -> sim.heddle().dial(server.at(PORT)));
    }
  }

  @SimulatedTest(seeds = 20)
  void datagramsArriveWhole(Simulation sim) throws Exception {
    Host server = sim.host("server");
    PacketConn receiver = server.heddle().listenPacket(server.at(PORT));
    try (PacketConn sender = sim.heddle().dialPacket(server.at(PORT))) {
      sender.write(bytes("one"));
      sender.write(ByteBuffer.allocate(0));
      Set<Integer> lengths = new HashSet<>();
      for (int i = 0; i < 2; i++) {
        var buffer = ByteBuffer.allocate(10);
        assertEquals(sender.localAddress(), receiver.receive(buffer));
        lengths.add(buffer.position());
      }
      assertEquals(Set.of(0, 3), lengths);
    }
  }

  @SimulatedTest(seeds = 5)
  void aDatagramThatFindsNobodyIsReported(Simulation sim) throws Exception {
    try (PacketConn sender = sim.heddle().dialPacket(sim.host("server").at(PORT))) {
      sender.write(bytes("one"));
      assertThrows(PortUnreachableException.class, () -> sender.read(ByteBuffer.allocate(10)));
    }
  }

  @SimulatedTest(seeds = 1)
  void datagramsAreLostAndDoubledAndOvertaken(Simulation sim) throws Exception {
    Host server = sim.host("server");
    PacketConn receiver = server.heddle().listenPacket(server.at(PORT));
    sim.rules(sim.host("control"), server, LinkRules.DEFAULT.withLoss(0.2).withDuplicates(0.2));
    try (PacketConn sender = sim.heddle().dialPacket(server.at(PORT))) {
      for (int i = 0; i < 100; i++) {
        sender.write(ByteBuffer.allocate(4).putInt(i).flip());
        sim.sleep(Duration.ofNanos(100_000));
      }
    }
    receiver.setReadDeadline(Deadlines.after(Duration.ofSeconds(1)));
    Map<Integer, Integer> times = new HashMap<>();
    boolean[] overtaken = {false};
    assertThrows(
        SocketTimeoutException.class,
        () -> {
          for (int last = -1; ; ) {
            var buffer = ByteBuffer.allocate(4);
            receiver.receive(buffer);
            int number = buffer.getInt(0);
            times.merge(number, 1, Integer::sum);
            overtaken[0] |= number < last;
            last = number;
          }
        });
    assertTrue(times.size() < 100, "none is lost");
    assertTrue(times.containsValue(2), "none comes twice");
    assertTrue(overtaken[0], "none is overtaken");
  }
}
