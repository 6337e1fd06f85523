package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.Fixture.Running;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data, closing, interrupts and order, over every transport. Deadlines: {@link
 * DeadlineConformanceTest}.
 */
final class ConnConformanceTest extends ConformanceSuite {

  private static ByteBuffer one() {
    return ByteBuffer.allocate(1);
  }

  private static ByteBuffer much() {
    return ByteBuffer.allocate(16 * MIB);
  }

  // ---- data

  @Test
  void aMebibyteInKibibyteChunksArrivesIdentical() throws Exception {
    try (var pair = pair()) {
      var writer = fixture.run(() -> Bytes.send(pair.client(), 1, MIB, 1024));
      Bytes.receive(pair.server(), 1, MIB, 1024);
      writer.join();
    }
  }

  @Test
  void aMebibyteEachWayAtOnceArrivesIdentical() throws Exception {
    try (var pair = pair()) {
      Fixture.joinAll(
          List.of(
              fixture.run(() -> Bytes.send(pair.client(), 1, MIB, MIB)),
              fixture.run(() -> Bytes.send(pair.server(), 2, MIB, 100_000)),
              fixture.run(() -> Bytes.receive(pair.server(), 1, MIB, 5000)),
              fixture.run(() -> Bytes.receive(pair.client(), 2, MIB, MIB))));
    }
  }

  @Test
  void aCounterIsPassedToAndFroAThousandTimes() throws Exception {
    try (var pair = pair()) {
      var server = fixture.run(() -> count(pair.server(), 1));
      Bytes.send(pair.client(), "\0\0\0\0");
      count(pair.client(), 0);
      server.join();
    }
  }

  private static void count(Conn conn, int parity) throws IOException {
    var buffer = ByteBuffer.allocate(4);
    for (int round = 0; round < 500; round++) {
      Bytes.readFully(conn, buffer.clear());
      int value = buffer.getInt(0);
      assertEquals(2 * round + 1 - parity, value);
      if (value < 999) {
        conn.write(buffer.clear().putInt(0, value + 1));
      }
    }
  }

  @Test
  void aZeroLengthReadReturnsZeroAtOnce() throws Exception {
    try (var pair = pair()) {
      assertEquals(0, pair.server().read(ByteBuffer.allocate(0)));
    }
  }

  @Test
  void aGatherWriteSendsTheBuffersInOrderWithTheirBorders() throws Exception {
    try (var pair = pair()) {
      var head = Bytes.of(1, 0, 10);
      var body = Bytes.of(1, 10, MIB);
      var tail = ByteBuffer.allocateDirect(20).put(Bytes.of(1, 10 + MIB, 20)).flip();
      var skipped = ByteBuffer.allocate(5);
      var buffers = new ByteBuffer[] {skipped, head, body, tail, skipped};
      var writer = fixture.go(() -> pair.client().write(buffers, 1, 3));
      Bytes.receive(pair.server(), 1, MIB + 30, 10_000);
      assertEquals(MIB + 30, writer.join());
      assertEquals(5, skipped.remaining());
    }
  }

  @Test
  void aStretchOfAFileIsSentAndTheEndOfTheFileEndsIt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("file");
    Files.write(file, Bytes.of(4, 0, 3 * MIB).array());
    try (var pair = pair();
        var channel = FileChannel.open(file)) {
      long handoffs = fixture.scheduler.metrics().handoffs();
      var writer = fixture.go(() -> pair.client().transferFrom(channel, 0, 2L * MIB));
      Bytes.receive(pair.server(), 4, 2 * MIB, 100_000);
      assertEquals(2L * MIB, writer.join());
      assertTrue(fixture.scheduler.metrics().handoffs() > handoffs, "the reading kept a processor");
      assertEquals(5, pair.client().transferFrom(channel, 3L * MIB - 5, Long.MAX_VALUE));
      var rest = ByteBuffer.allocate(5);
      Bytes.readFully(pair.server(), rest);
      Bytes.check(4, 3L * MIB - 5, rest.flip());
      assertEquals(0, pair.client().transferFrom(channel, 4L * MIB, 10));
    }
  }

  @Test
  void aFileThatIsCutShortReportsHowMuchWasTakenAndWritesWaitForTheWhole(@TempDir Path folder)
      throws Exception {
    int size = 16 * MIB;
    Path file = folder.resolve("file");
    Files.write(file, Bytes.of(4, 0, size).array());
    try (var pair = pair();
        var channel = FileChannel.open(file)) {
      pair.client().setWriteDeadline(Deadlines.after(Duration.ofMillis(50)));
      var e =
          assertThrows(
              SocketTimeoutException.class, () -> pair.client().transferFrom(channel, 0, size));
      var words = Pattern.compile("transfer \\((\\d+) of " + size + " bytes done\\) .* -> .*");
      var matcher = words.matcher(e.getMessage());
      assertTrue(matcher.matches(), e.getMessage());
      long done = Long.parseLong(matcher.group(1));
      assertTrue(done < size, e.getMessage());

      pair.client().setWriteDeadline(Deadlines.NEVER);
      var rest = fixture.go(() -> pair.client().transferFrom(channel, done, size)).awaitBlocked();
      var behind = fixture.run(() -> Bytes.send(pair.client(), "behind")).awaitBlocked();
      Bytes.receive(pair.server(), 4, size, 100_000);
      assertEquals(size - done, rest.join());
      Bytes.expect(pair.server(), "behind");
      behind.join();
    }
  }

  @Test
  void aFileOfAnotherProviderIsSentAndADeadlineEndsIt(@TempDir Path folder) throws Exception {
    int size = 16 * MIB;
    Path file = folder.resolve("file");
    Files.write(file, Bytes.of(4, 0, size).array());
    try (var pair = pair();
        var foreign = new ForeignFile(FileChannel.open(file))) {
      pair.client().setWriteDeadline(Deadlines.after(Duration.ofMillis(50)));
      var e =
          assertInstanceOf(
              SocketTimeoutException.class,
              fixture.go(() -> pair.client().transferFrom(foreign, 0, size)).failure());
      var words = Pattern.compile("transfer \\((\\d+) of " + size + " bytes done\\) .* -> .*");
      var matcher = words.matcher(e.getMessage());
      assertTrue(matcher.matches(), e.getMessage());
      long done = Long.parseLong(matcher.group(1));
      pair.client().setWriteDeadline(Deadlines.NEVER);
      var rest = fixture.go(() -> pair.client().transferFrom(foreign, done, Long.MAX_VALUE));
      Bytes.receive(pair.server(), 4, size, 100_000);
      assertEquals(size - done, rest.join());
    }
  }

  @Test
  void placesThatAreNotThereAreRefused(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[10]);
    try (var pair = pair();
        var channel = FileChannel.open(file)) {
      for (long bad : new long[] {-1, Long.MIN_VALUE}) {
        assertThrows(
            IllegalArgumentException.class, () -> pair.client().transferFrom(channel, bad, 1));
        assertThrows(
            IllegalArgumentException.class, () -> pair.client().transferFrom(channel, 0, bad));
      }
      var buffers = new ByteBuffer[] {one(), one()};
      for (int[] bad : new int[][] {{0, -1}, {-1, 1}, {1, 2}, {3, 0}, {0, 3}}) {
        assertThrows(
            IndexOutOfBoundsException.class, () -> pair.client().write(buffers, bad[0], bad[1]));
      }
      assertEquals(2, buffers[0].remaining() + buffers[1].remaining());
      Bytes.send(pair.client(), "nothing before");
      Bytes.expect(pair.server(), "nothing before");
    }
  }

  // ---- end of stream

  @Test
  void closeGivesThePeerWhatWasWrittenAndThenTheEnd() throws Exception {
    try (var pair = pair()) {
      Bytes.send(pair.client(), "bye");
      pair.client().close();
      Bytes.expect(pair.server(), "bye");
      assertEquals(-1, pair.server().read(one()));
      assertEquals(-1, pair.server().read(one()));
    }
  }

  @Test
  void closeWriteGivesThePeerTheEndAndReadingContinues() throws Exception {
    try (var pair = pair()) {
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      pair.client().closeWrite();
      assertEquals(-1, reader.join());
      assertThrows(ClosedChannelException.class, () -> pair.client().write(one()));
      Bytes.send(pair.server(), "still here");
      Bytes.expect(pair.client(), "still here");
      pair.server().closeWrite();
      assertEquals(-1, pair.client().read(one()));
    }
  }

  @Test
  void closeReadEndsReadsAndWritingContinues() throws Exception {
    try (var pair = pair()) {
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      pair.server().closeRead();
      assertEquals(-1, reader.join());
      assertEquals(-1, pair.server().read(one()));
      Bytes.send(pair.server(), "still here");
      Bytes.expect(pair.client(), "still here");
    }
  }

  @Test
  void aResetIsAnErrorAndNotTheEnd() throws Exception {
    var pair = pair();
    transport.reset(pair);
    var e = assertThrows(IOException.class, () -> pair.server().read(one()));
    assertTrue(e.getMessage().startsWith("read "), e.getMessage());
    pair.server().close();
  }

  // ---- close

  @Test
  void closeEndsBlockedAndQueuedCallsAndLaterOnes() throws Exception {
    var pair = pair();
    var calls = new ArrayList<Running<?>>();
    for (int i = 0; i < 3; i++) {
      calls.add(fixture.go(() -> pair.server().read(one())).awaitBlocked());
      calls.add(fixture.go(() -> pair.server().write(much())).awaitBlocked());
    }
    pair.server().close();
    pair.server().close();
    for (var call : calls) {
      assertInstanceOf(AsynchronousCloseException.class, call.failure());
    }
    for (Fixture.Action call :
        List.<Fixture.Action>of(
            () -> pair.server().read(one()),
            () -> pair.server().write(one()),
            pair.server()::closeRead,
            pair.server()::closeWrite)) {
      var e = assertThrows(ClosedChannelException.class, call::run);
      assertEquals(ClosedChannelException.class, e.getClass());
    }
    pair.client().close();
    Fixture.await(() -> fixture.network.openSockets() == 0);
  }

  @Test
  void closeEndsAPendingAcceptAndLaterOnes() throws Exception {
    var listener = transport.listen(fixture);
    var acceptor = fixture.go(listener::accept).awaitBlocked();
    listener.close();
    assertInstanceOf(AsynchronousCloseException.class, acceptor.failure());
    assertThrows(ClosedChannelException.class, listener::accept);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere a full Unix-domain socket refuses
  void closeOfTheNetworkEndsAPendingDial() throws Exception {
    try (var deaf = transport.deaf()) {
      var dial = fixture.go(() -> fixture.network.dial(deaf.address()));
      dial.awaitBlockedIn("dev.heddle.netio.");
      fixture.network.close();
      assertInstanceOf(AsynchronousCloseException.class, dial.failure());
    }
  }

  @Test
  void tenAcceptorsShareAHundredDials() throws Exception {
    try (var listener = transport.listen(fixture)) {
      var acceptors =
          fixture.times(
              10,
              _ -> {
                for (int n = 0; n < 10; n++) {
                  try (var conn = listener.accept()) {
                    Bytes.expect(conn, "hello");
                    Bytes.send(conn, "world");
                  }
                }
              });
      var dials =
          fixture.times(
              100,
              _ -> {
                try (var conn = transport.dial(fixture, listener)) {
                  Bytes.send(conn, "hello");
                  Bytes.expect(conn, "world");
                }
              });
      Fixture.joinAll(dials);
      Fixture.joinAll(acceptors);
    }
  }

  // ---- interrupt

  @Test
  void interruptsEndAReadAndAWriteAndTheConnectionStaysInStep() throws Exception {
    try (var pair = pair()) {
      var reader = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      reader.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, reader.failure());
      Bytes.send(pair.client(), "a");
      Bytes.expect(pair.server(), "a");

      var data = Bytes.of(3, 0, 16 * MIB);
      var writer = fixture.go(() -> pair.server().write(data)).awaitBlocked();
      writer.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, writer.failure());
      var rest = fixture.go(() -> pair.server().write(data));
      Bytes.receive(pair.client(), 3, 16 * MIB, 65536);
      rest.join();
    }
  }

  @Test
  void anInterruptTakesAQueuedCallOutOfTheQueueAndNobodyElse() throws Exception {
    try (var pair = pair()) {
      var first = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      var second = fixture.go(() -> pair.server().read(one())).awaitBlocked();
      assertInterrupted(second, "read ");
      Bytes.send(pair.client(), "a");
      assertEquals(1, first.join());

      var data = Bytes.of(3, 0, 16 * MIB);
      var writer = fixture.go(() -> pair.server().write(data)).awaitBlocked();
      assertInterrupted(
          fixture.go(() -> pair.server().write(one())).awaitBlocked(),
          "write (0 of 1 bytes done) ");
      Bytes.receive(pair.client(), 3, 16 * MIB, 65536);
      writer.join();
    }
  }

  private static void assertInterrupted(Running<?> call, String words) throws Exception {
    call.thread().interrupt();
    var e = assertInstanceOf(InterruptedIOException.class, call.failure());
    assertTrue(e.getMessage().startsWith(words), e.getMessage());
    assertTrue(e.getMessage().contains(" -> "), e.getMessage());
  }

  // ---- many at once

  @Test
  void concurrentWritesNeverMix() throws Exception {
    int size = 50_000;
    try (var pair = pair()) {
      var writers =
          fixture.times(
              10,
              i -> {
                var bytes = new byte[size];
                Arrays.fill(bytes, (byte) i);
                pair.client().write(ByteBuffer.wrap(bytes));
              });
      var buffer = ByteBuffer.allocate(size);
      for (int i = 0; i < 10; i++) {
        Bytes.readFully(pair.server(), buffer.clear());
        byte first = buffer.get(0);
        for (int j = 0; j < size; j++) {
          assertEquals(first, buffer.get(j));
        }
      }
      Fixture.joinAll(writers);
    }
  }

  @Test
  void callsOfAllKindsAtOnceLeaveTheConnectionInStep() throws Exception {
    int rounds = 100;
    try (var pair = pair()) {
      var conn = pair.client();
      var peer = fixture.run(() -> Bytes.receive(pair.server(), 1, 10L * rounds, 64));
      var answers = fixture.run(() -> Bytes.send(pair.server(), 2, 10L * rounds, 10));
      List<Fixture.IndexedAction> kinds =
          List.of(
              i -> conn.write(Bytes.of(1, 10L * i, 10)),
              i -> Bytes.check(2, 10L * i, readTen(conn)),
              _ -> conn.setReadDeadline(Deadlines.after(Fixture.LIMIT)),
              _ -> conn.setWriteDeadline(Deadlines.after(Fixture.LIMIT)),
              _ -> conn.setDeadline(Deadlines.NEVER),
              _ -> assertEquals(conn.localAddress(), conn.localAddress()),
              _ -> assertTrue(conn.toString().contains(" -> ") && conn.isOpen()));
      var tasks = new ArrayList<Running<?>>(List.of(peer, answers));
      for (var kind : kinds) {
        tasks.add(
            fixture.run(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    kind.run(i);
                  }
                }));
      }
      Fixture.joinAll(tasks);
    }
  }

  private static ByteBuffer readTen(Conn conn) throws IOException {
    var buffer = ByteBuffer.allocate(10);
    Bytes.readFully(conn, buffer);
    return buffer.flip();
  }
}
