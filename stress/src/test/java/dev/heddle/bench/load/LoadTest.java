package dev.heddle.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.bench.load.FaultyServer.Fault;
import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.Work;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadTest {
  private static final int MESSAGE_BYTES = 64;
  private static final int CONNECTIONS = 5;
  private static final int GOOD_REPLIES = 100;
  private static final Duration WINDOW = Duration.ofMillis(200);

  private static LoadPlan plan(FaultyServer server, Work work, int threads) {
    return new LoadPlan(
        server.address(), work, CONNECTIONS, MESSAGE_BYTES, threads, LoadPlan.PATIENCE);
  }

  private static FaultyServer echo(Fault fault) throws IOException {
    return new FaultyServer(Work.ECHO, MESSAGE_BYTES, fault, GOOD_REPLIES);
  }

  /** Makes load until the server has given so many replies, which takes as long as it takes. */
  private static LoadResult load(LoadPlan plan, FaultyServer server, int replies)
      throws IOException, InterruptedException {
    try (var load = Load.connect(plan)) {
      return load.window(Duration.ofMinutes(1), () -> server.replies() >= replies);
    }
  }

  /** Until the fault must have struck: each connection has one reply before that does not count. */
  private static LoadResult load(LoadPlan plan, FaultyServer server)
      throws IOException, InterruptedException {
    return load(plan, server, 2 * GOOD_REPLIES);
  }

  private static void assertWorked(LoadResult result) {
    assertTrue(result.requests() > GOOD_REPLIES, "requests: " + result.requests());
  }

  @Test
  void correctRepliesAreCountedAndTimed() throws Exception {
    try (var server = echo(Fault.NONE);
        var load = Load.connect(plan(server, Work.ECHO, 2))) {
      var result = load.window(WINDOW, () -> false);
      assertEquals(0, result.errors());
      assertEquals(0, result.stuck());
      assertEquals(server.replies(), result.requests());
      assertTrue(result.elapsedNanos() >= WINDOW.toNanos());
      assertTrue(result.percentileMicros(50) > 0);
      assertTrue(result.percentileMicros(50) <= result.percentileMicros(99));
    }
  }

  @Test
  void httpRepliesAreChecked() throws Exception {
    // The request names the server's port, which has five digits.
    int requestBytes = "GET / HTTP/1.1\r\nHost: 127.0.0.1:12345\r\n\r\n".length();
    try (var server = new FaultyServer(Work.HTTP, requestBytes, Fault.CORRUPT, GOOD_REPLIES)) {
      var result = load(plan(server, Work.HTTP, 1), server);
      assertWorked(result);
      assertEquals(1, result.errors());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CORRUPT", "LENGTHEN", "REPEAT_THE_LAST", "CLOSE"})
  void oneWrongReplyIsOneErrorAndTheOtherConnectionsContinue(Fault fault) throws Exception {
    try (var server = echo(fault)) {
      var result = load(plan(server, Work.ECHO, 1), server);
      assertEquals(1, result.errors());
      assertEquals(0, result.stuck());
      assertWorked(result);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TRUNCATE", "SILENCE"})
  void aReplyThatNeverComesIsStuck(Fault fault) throws Exception {
    try (var server = echo(fault)) {
      // The one that never comes is waited for, but the others must have come before that.
      var patience = Duration.ofSeconds(5);
      var address = server.address();
      var plan = new LoadPlan(address, Work.ECHO, CONNECTIONS, MESSAGE_BYTES, 1, patience);
      var result = load(plan, server);
      assertEquals(0, result.errors());
      assertEquals(1, result.stuck());
    }
  }

  @Test
  void messagesLargerThanSocketBuffersGetThrough() throws Exception {
    int bytes = 8 << 20;
    try (var server = new FaultyServer(Work.ECHO, bytes, Fault.NONE, 0)) {
      var plan = new LoadPlan(server.address(), Work.ECHO, 2, bytes, 1, LoadPlan.PATIENCE);
      var result = load(plan, server, 4);
      assertEquals(0, result.errors());
      assertEquals(0, result.stuck());
      assertTrue(result.requests() >= 2, "requests: " + result.requests());
    }
  }

  @Test
  void repliesOfSeveralTlsRecordsGetThrough() throws Exception {
    try (var server = Peer.HEDDLE.start(Work.TLS, 0, 2)) {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      int bytes = Work.BUFFER_BYTES + 1; // each read of the server is answered by a record
      int crowd = 64; // while others are served, both records of one come in
      var plan = new LoadPlan(address, Work.TLS, crowd, bytes, 1, LoadPlan.PATIENCE);
      try (var load = Load.connect(plan)) {
        var result = load.window(WINDOW, () -> false);
        assertEquals(0, result.errors());
        assertEquals(0, result.stuck());
        assertTrue(result.requests() > crowd, "requests: " + result.requests());
      }
    }
  }

  @Test
  void aStopEndsTheWindowEarly() throws Exception {
    try (var server = echo(Fault.NONE);
        var load = Load.connect(plan(server, Work.ECHO, 1))) {
      long begin = System.nanoTime();
      load.window(Duration.ofMinutes(1), () -> System.nanoTime() - begin > WINDOW.toNanos());
      assertTrue(System.nanoTime() - begin < Duration.ofSeconds(30).toNanos());
    }
  }

  @Test
  void aRefusedConnectionFails() throws Exception {
    var server = echo(Fault.NONE);
    server.close();
    assertThrows(IOException.class, () -> Load.connect(plan(server, Work.ECHO, 1)));
  }
}
