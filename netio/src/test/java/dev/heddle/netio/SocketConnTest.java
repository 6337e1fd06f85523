package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.Fixture.Running;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class SocketConnTest {
  private static final int MIB = 1 << 20;
  private static final int SMALL_BUFFER =
      1 << 15; // loopback segments are 64 KiB: far smaller ones make TCP wait for its timers

  @Parameter PollerKind kind;
  private Fixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  // ---- data

  @Test
  void aMebibyteEachWayAtOnceArrivesThroughSmallSocketBuffers() throws Exception {
    var pair = fixture.pair(ListenOptions.DEFAULT.withBuffers(SMALL_BUFFER, SMALL_BUFFER));
    pair.client().setOption(StandardSocketOptions.SO_SNDBUF, SMALL_BUFFER);
    pair.client().setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
    try (pair) {
      Fixture.joinAll(
          List.of(
              fixture.run(() -> Bytes.send(pair.client(), 1, MIB, MIB)),
              fixture.run(() -> Bytes.receive(pair.server(), 1, MIB, 1000)),
              fixture.run(() -> Bytes.send(pair.server(), 2, MIB, MIB / 4)),
              fixture.run(() -> Bytes.receive(pair.client(), 2, MIB, 100_000))));
    }
  }

  @Test
  void directAndHeapBuffersAndStreamsCarryTheSameBytes() throws Exception {
    try (var pair = fixture.pair()) {
      var direct = ByteBuffer.allocateDirect(100);
      direct.put(Bytes.of(3, 0, 100)).flip();
      pair.client().write(direct);
      pair.client().outputStream().write(Bytes.of(3, 100, 100).array());
      Bytes.receive(pair.server(), 3, 150, 64);
      Bytes.check(3, 150, ByteBuffer.wrap(pair.server().inputStream().readNBytes(50)));
    }
  }

  @Test
  void aReadReturnsWhatIsThereAndDoesNotWaitForAFullBuffer() throws Exception {
    try (var pair = fixture.pair()) {
      Bytes.send(pair.client(), "abc");
      var buffer = ByteBuffer.allocate(100);
      assertEquals(3, pair.server().read(buffer));
    }
  }

  @Test
  void aReadIntoAnEmptyBufferReturnsZeroAtOnce() throws Exception {
    try (var pair = fixture.pair()) {
      assertEquals(0, pair.server().read(ByteBuffer.allocate(0)));
    }
  }

  /** Data and the end come in one event, or the end right behind the data: neither may be lost. */
  @Test
  void endOfStreamRightBehindDataIsSeen() throws Exception {
    for (int i = 0; i < 500; i++) {
      var pair = fixture.pair();
      var reader =
          fixture.go(
              () -> {
                int sum = 0;
                var buffer = ByteBuffer.allocate(100);
                for (int n; (n = pair.server().read(buffer.clear())) >= 0; ) {
                  sum += n;
                }
                return sum;
              });
      Bytes.send(pair.client(), "last words");
      pair.client().close();
      assertEquals(10, reader.join());
      pair.close();
    }
  }

  @Test
  void anUrgentMarkDoesNotStrandTheDataBehindIt() throws Exception {
    try (var listener = fixture.listen();
        var raw = new Socket()) {
      raw.setTcpNoDelay(true);
      raw.connect(listener.localAddress());
      var conn = listener.accept();
      var reader = fixture.run(() -> Bytes.expect(conn, "abcdef"));
      reader.awaitBlocked();
      raw.getOutputStream().write("abc".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      raw.sendUrgentData('!');
      raw.getOutputStream().write("def".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      reader.join();
      conn.close();
    }
  }

  // ---- callers of any kind

  @Test
  void tasksVirtualThreadsAndPlatformThreadsCallAlike() throws Exception {
    List<Thread.Builder> kinds =
        List.of(Thread.ofPlatform(), Thread.ofVirtual(), Thread.ofPlatform().daemon());
    for (var callers : kinds) {
      try (var listener = fixture.listen()) {
        var server =
            Fixture.go(
                callers,
                () -> {
                  var conn = listener.accept();
                  var buffer = ByteBuffer.allocate(64);
                  while (conn.read(buffer.clear()) >= 0) {
                    conn.write(buffer.flip());
                  }
                  conn.close();
                  return null;
                });
        Callable<Void> client =
            () -> {
              try (var conn = fixture.network.dial(listener.localAddress())) {
                for (int i = 0; i < 100; i++) {
                  conn.write(Bytes.of(i, 0, 50));
                  Bytes.receive(conn, i, 50, 64);
                }
              }
              return null;
            };
        fixture.go(client).join();
        server.join();
      }
    }
  }

  // ---- close

  @Test
  void closeWakesATaskThatNeverGetsData() throws Exception {
    var pair = fixture.pair();
    var reader = fixture.go(() -> pair.server().read(ByteBuffer.allocate(10))).awaitBlocked();
    pair.server().close();
    assertInstanceOf(AsynchronousCloseException.class, reader.failure());
    pair.close();
  }

  @Test
  void closeWakesBlockedAndQueuedReadersAndWriters() throws Exception {
    var pair = fixture.pair();
    var conn = pair.server();
    var tasks = new ArrayList<Running<?>>();
    for (int i = 0; i < 5; i++) {
      tasks.add(fixture.go(() -> conn.read(ByteBuffer.allocate(10))));
      tasks.add(fixture.go(() -> conn.write(ByteBuffer.allocate(16 * MIB))));
    }
    for (var task : tasks) {
      task.awaitBlocked();
    }
    conn.close();
    for (var task : tasks) {
      assertInstanceOf(AsynchronousCloseException.class, task.failure());
    }
    pair.close();
  }

  @Test
  void callsAfterCloseThrowClosedChannelException() throws Exception {
    var pair = fixture.pair();
    var conn = pair.server();
    conn.close();
    conn.close(); // harmless
    assertFalse(conn.isOpen());
    var buffer = ByteBuffer.allocate(1);
    List<Fixture.Action> calls =
        List.of(
            () -> conn.read(buffer),
            () -> conn.read(ByteBuffer.allocate(0)),
            () -> conn.write(buffer),
            () -> conn.write(new ByteBuffer[] {buffer}),
            conn::closeRead,
            conn::closeWrite,
            () -> conn.getOption(StandardSocketOptions.SO_SNDBUF),
            () -> conn.setOption(StandardSocketOptions.SO_SNDBUF, 4096));
    for (var call : calls) {
      var e = assertThrows(ClosedChannelException.class, call::run);
      assertEquals(ClosedChannelException.class, e.getClass());
    }
    assertTrue(conn.toString().contains("closed"));
    pair.close();
  }

  // ---- what a peer can do

  @Test
  void aResetIsAnErrorAndNotTheEndOfTheStream() throws Exception {
    var pair = fixture.pair();
    var reader = fixture.go(() -> pair.server().read(ByteBuffer.allocate(10))).awaitBlocked();
    pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
    pair.client().close();
    var e = assertInstanceOf(SocketException.class, reader.failure());
    assertTrue(e.getMessage().startsWith("read "), e.getMessage());
    assertTrue(e.getMessage().contains("Connection reset"), e.getMessage());
    assertTrue(
        e.getMessage().contains(Addresses.format(pair.server().remoteAddress())), e.getMessage());
    pair.close();
  }

  @Test
  void aWriteToAResetConnectionFailsAndReportsHowMuchWasWritten() throws Exception {
    var pair = fixture.pair();
    var writer =
        fixture.go(() -> pair.server().write(ByteBuffer.allocate(64 * MIB))).awaitBlocked();
    pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
    pair.client().close();
    var e = assertInstanceOf(IOException.class, writer.failure());
    assertTrue(e.getMessage().contains(" of " + 64 * MIB + " bytes done)"), e.getMessage());
    pair.close();
  }

  @Test
  void aResetThatAWriteReportedIsNotTheEndOfTheStream(@TempDir Path folder) throws Exception {
    Path path = Files.write(folder.resolve("file"), Bytes.of(1, 0, 10).array());
    try (var file = FileChannel.open(path)) {
      List<Write> kinds =
          List.of(
              conn -> conn.write(Bytes.of(1, 0, 10)),
              conn -> conn.write(new ByteBuffer[] {Bytes.of(1, 0, 5), Bytes.of(1, 5, 5)}),
              conn -> conn.transferFrom(file, 0, 10));
      for (var kind : kinds) {
        assertReportsReset(kind);
      }
    }
  }

  private void assertReportsReset(Write write) throws Exception {
    try (var pair = fixture.pair()) {
      fixture.run(() -> Bytes.send(pair.client(), "all there was")).join();
      pair.client().setOption(StandardSocketOptions.SO_LINGER, 0).close();
      fixture
          .run(
              () -> {
                var dst = ByteBuffer.allocate(100);
                assertThrows(IOException.class, () -> forever(write, pair.server()));
                assertEquals(13, pair.server().read(dst));
                assertThrows(SocketException.class, () -> pair.server().read(dst));
                assertThrows(SocketException.class, () -> pair.server().read(dst));
              })
          .join();
    }
  }

  @Test
  void aResetEndsBothAReaderAndAWriterWithAnError() throws Exception {
    for (int i = 0; i < 100; i++) {
      try (var pair = fixture.pair()) {
        var reader = fixture.go(() -> pair.server().read(ByteBuffer.allocate(10))).awaitBlocked();
        var writer =
            fixture.go(() -> pair.server().write(ByteBuffer.allocate(64 * MIB))).awaitBlocked();
        pair.client().setOption(StandardSocketOptions.SO_LINGER, 0).close();
        assertInstanceOf(SocketException.class, reader.failure());
        assertInstanceOf(IOException.class, writer.failure());
      }
    }
  }

  @Test
  void theEndOfTheStreamStaysOneWhenAWriteFailsAfterIt() throws Exception {
    try (var pair = fixture.pair()) {
      pair.client().close();
      fixture
          .run(
              () -> {
                // Once the end is here, a write is answered by a reset that comes after it.
                assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
                Write write = conn -> conn.write(Bytes.of(1, 0, 10));
                assertThrows(IOException.class, () -> forever(write, pair.server()));
                assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
              })
          .join();
    }
  }

  private interface Write {
    void to(Conn conn) throws IOException;
  }

  private static void forever(Write write, Conn conn) throws IOException {
    for (; ; ) {
      write.to(conn);
    }
  }

  @Test
  void aPeerThatMisbehavesEndsItsOwnConnectionOnly() throws Exception {
    try (var listener = fixture.listen()) {
      fixture.run(
          () -> {
            for (; ; ) {
              var conn = listener.accept();
              fixture.run(() -> echo(conn));
            }
          });
      try (var good = fixture.network.dial(listener.localAddress())) {
        for (int i = 0; i < 50; i++) {
          var reset = fixture.network.dial(listener.localAddress());
          reset.write(Bytes.of(i, 0, 100));
          reset.setOption(StandardSocketOptions.SO_LINGER, 0);
          reset.close();

          try (var halfClosed = fixture.network.dial(listener.localAddress())) {
            halfClosed.write(Bytes.of(i, 0, 100));
            halfClosed.closeWrite();
            Bytes.receive(halfClosed, i, 100, 64);
            assertEquals(-1, halfClosed.read(ByteBuffer.allocate(1)));
          }
          good.write(Bytes.of(i, 0, 100));
          Bytes.receive(good, i, 100, 64);
        }
      }
    }
  }

  // ---- half-close

  @Test
  void closeWriteGivesThePeerTheEndAndReadingContinues() throws Exception {
    try (var pair = fixture.pair()) {
      pair.client().closeWrite();
      assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
      assertThrows(IOException.class, () -> pair.client().write(ByteBuffer.allocate(1)));
      Bytes.send(pair.server(), "still here");
      Bytes.expect(pair.client(), "still here");
    }
  }

  @Test
  void closeWriteEndsAPendingTransferAsItEndsAWrite(@TempDir Path folder) throws Exception {
    Path path = Files.write(folder.resolve("file"), new byte[64 * MIB]);
    try (var file = FileChannel.open(path)) {
      List<Write> kinds =
          List.of(
              conn -> conn.write(ByteBuffer.allocate(64 * MIB)),
              conn -> conn.transferFrom(file, 0, 64 * MIB),
              conn -> conn.transferFrom(new ForeignFile(file), 0, 64 * MIB));
      for (var kind : kinds) {
        try (var pair = fixture.pair()) {
          var writer = fixture.run(() -> kind.to(pair.client())).awaitBlocked();
          pair.client().closeWrite();
          assertInstanceOf(ClosedChannelException.class, writer.failure());
        }
      }
    }
  }

  @Test
  void closeReadEndsPendingAndLaterReadsAndWritingContinues() throws Exception {
    try (var pair = fixture.pair()) {
      var reader = fixture.go(() -> pair.server().read(ByteBuffer.allocate(1))).awaitBlocked();
      pair.server().closeRead();
      assertEquals(-1, reader.join());
      assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
      Bytes.send(pair.server(), "still here");
      Bytes.expect(pair.client(), "still here");
    }
  }

  // ---- interrupt

  @Test
  void anInterruptedReadThrowsAndTheConnectionStaysUsable() throws Exception {
    try (var pair = fixture.pair()) {
      var reader =
          fixture.go(
              () -> {
                try {
                  return pair.server().read(ByteBuffer.allocate(1));
                } catch (InterruptedIOException e) {
                  assertTrue(Thread.interrupted()); // it stays set until somebody clears it
                  Bytes.expect(pair.server(), "later");
                  return -2;
                }
              });
      reader.awaitBlocked();
      reader.thread().interrupt();
      Bytes.send(pair.client(), "later");
      int result = reader.join();
      assertTrue(result == -2 || result == 1); // the data may have come first
      assertTrue(pair.server().isOpen());
    }
  }

  @Test
  void anInterruptedWriteThrowsAndTheConnectionStaysUsable() throws Exception {
    try (var pair = fixture.pair()) {
      var data = Bytes.of(7, 0, 16 * MIB);
      var writer = fixture.go(() -> pair.server().write(data)).awaitBlocked();
      writer.thread().interrupt();
      var e = assertInstanceOf(InterruptedIOException.class, writer.failure());
      assertTrue(e.getMessage().contains(data.position() + " of " + data.limit()), e.getMessage());
      var rest = fixture.go(() -> pair.server().write(data));
      Bytes.receive(pair.client(), 7, 16 * MIB, 65536);
      rest.join();
    }
  }

  @Test
  void anInterruptTakesAQueuedReaderOutOfTheQueueAndNobodyElse() throws Exception {
    try (var pair = fixture.pair()) {
      var first = fixture.go(() -> pair.server().read(ByteBuffer.allocate(1))).awaitBlocked();
      var second = fixture.go(() -> pair.server().read(ByteBuffer.allocate(1))).awaitBlocked();
      var third = fixture.go(() -> pair.server().read(ByteBuffer.allocate(1))).awaitBlocked();
      second.thread().interrupt();
      assertInstanceOf(InterruptedIOException.class, second.failure());
      Bytes.send(pair.client(), "ab");
      assertEquals(1, first.join());
      assertEquals(1, third.join());
    }
  }

  // ---- one at a time

  @Test
  void concurrentWritesNeverMixAndConcurrentReadsShareTheBytes() throws Exception {
    int size = 200_000;
    int writers = 10;
    try (var pair = fixture.pair()) {
      var tasks = new ArrayList<Running<?>>();
      for (int i = 0; i < writers; i++) {
        byte fill = (byte) i;
        tasks.add(
            fixture.go(
                () -> {
                  var bytes = new byte[size];
                  java.util.Arrays.fill(bytes, fill);
                  return pair.client().write(ByteBuffer.wrap(bytes));
                }));
      }
      var buffer = ByteBuffer.allocate(size);
      for (int i = 0; i < writers; i++) {
        Bytes.readFully(pair.server(), buffer.clear());
        byte fill = buffer.get(0);
        for (int j = 0; j < size; j++) {
          assertEquals(fill, buffer.get(j));
        }
      }
      Fixture.joinAll(tasks);
    }
  }

  private static void echo(Conn conn) throws Exception {
    try (conn) {
      var buffer = ByteBuffer.allocate(512);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }
}
