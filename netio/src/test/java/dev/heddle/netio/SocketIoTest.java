package dev.heddle.netio;

import static dev.heddle.netio.epoll.SocketCalls.IPPROTO_TCP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.netio.epoll.SocketCalls;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.NioInternals;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same behaviour by system calls of our own (tasks, epoll) and by the channel (all others). */
@Timeout(120)
@ParameterizedClass
@MethodSource("settings")
final class SocketIoTest {
  /** Who makes the call. */
  enum Caller {
    TASK,
    PLATFORM_THREAD,
    STOCK_VIRTUAL_THREAD
  }

  @Parameter(0)
  PollerKind kind;

  @Parameter(1)
  Caller caller;

  private Fixture fixture;
  private final Arena arena = Arena.ofShared();

  static Stream<Arguments> settings() {
    return Stream.of(PollerKind.EPOLL, PollerKind.SELECTOR)
        .flatMap(kind -> Stream.of(Caller.values()).map(caller -> Arguments.of(kind, caller)));
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new Fixture(kind);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private <T> T by(Callable<T> body) throws Exception {
    var running =
        switch (caller) {
          case TASK -> fixture.go(body);
          case PLATFORM_THREAD -> Fixture.go(Thread.ofPlatform(), body);
          case STOCK_VIRTUAL_THREAD -> Fixture.go(Thread.ofVirtual(), body);
        };
    return running.join();
  }

  private void run(Fixture.Action body) throws Exception {
    by(body.asCallable());
  }

  @Test
  void everyKindOfBufferArrivesAndMovesItsPosition() throws Exception {
    int size = 3 * SocketIo.MAX_BYTES + 17; // several calls
    for (ByteBuffer src : buffers(size + 10)) {
      for (ByteBuffer dst : buffers(size + 10)) {
        try (var pair = fixture.pair()) {
          src.clear();
          ByteBuffer filled = Bytes.of(7, 0, size);
          src.position(4).put(filled).flip().position(4);
          var sent = fixture.go(() -> pair.client().write(src.asReadOnlyBuffer()));
          dst.clear().position(6).limit(6 + size);
          run(() -> Bytes.readFully(pair.server(), dst));
          assertEquals(size, sent.join());
          assertEquals(6 + size, dst.position());
          Bytes.check(7, 0, dst.flip().position(6));
        }
      }
    }
  }

  @Test
  void writesMoveThePositionToTheLimit() throws Exception {
    for (ByteBuffer src : buffers(1000)) {
      try (var pair = fixture.pair()) {
        src.clear().position(100).limit(900);
        assertEquals(800, by(() -> pair.client().write(src)));
        assertEquals(900, src.position());
        assertEquals(900, src.limit());
      }
    }
  }

  private List<ByteBuffer> buffers(int size) {
    return List.of(
        ByteBuffer.allocate(size),
        ByteBuffer.allocate(size + 8).position(8).slice(),
        ByteBuffer.allocateDirect(size),
        ByteBuffer.allocateDirect(size + 8).position(8).slice(),
        Arena.ofAuto().allocate(size).asByteBuffer(),
        arena.allocate(size).asByteBuffer());
  }

  @Test
  void aBufferOfAClosedArenaIsRefused() throws Exception {
    try (var pair = fixture.pair()) {
      ByteBuffer buffer = arena.allocate(8).asByteBuffer();
      arena.close();
      Bytes.send(pair.client(), "hello");
      assertThrows(IllegalStateException.class, () -> by(() -> pair.server().read(buffer)));
      assertThrows(IllegalStateException.class, () -> by(() -> pair.server().write(buffer)));
    }
  }

  @Test
  void aReadOnlyBufferIsRefused() throws Exception {
    try (var pair = fixture.pair()) {
      Bytes.send(pair.client(), "hello");
      for (ByteBuffer buffer : buffers(8)) {
        assertThrows(
            IllegalArgumentException.class,
            () -> by(() -> pair.server().read(buffer.asReadOnlyBuffer())));
      }
      Bytes.expect(pair.server(), "hello");
    }
  }

  @Test
  void afterCloseReadOnlyTheEndOfTheStreamIsFoundAlsoIfThereIsData() throws Exception {
    try (var pair = fixture.pair()) {
      Bytes.send(pair.client(), "hello");
      pair.server().closeRead();
      assertEquals(-1, by(() -> pair.server().read(ByteBuffer.allocate(8))));
      Bytes.send(pair.client(), "more");
      assertEquals(-1, by(() -> pair.server().read(ByteBuffer.allocate(8))));
    }
  }

  @Test
  void afterCloseWriteWritesFail() throws Exception {
    try (var pair = fixture.pair()) {
      pair.server().closeWrite();
      assertThrows(
          ClosedChannelException.class,
          () -> by(() -> pair.server().write(ByteBuffer.allocate(8))));
    }
  }

  /** Whichever call saw the reset first: the kernel reports it once. */
  @Test
  void afterAResetEveryReadOfEveryCallerFails() throws Exception {
    var peer = new Socket();
    try (var listener = fixture.listen()) {
      peer.connect(listener.localAddress());
      try (var conn = listener.accept()) {
        peer.setSoLinger(true, 0);
        peer.close();
        var first = assertThrows(SocketException.class, () -> by(() -> readOne(conn)));
        assertEquals(true, first.getMessage().endsWith(": Connection reset"), first.getMessage());
        assertThrows(SocketException.class, () -> by(() -> readOne(conn)));
        assertThrows(SocketException.class, () -> fixture.go(() -> readOne(conn)).join());
        assertThrows(SocketException.class, () -> readOne(conn));
      }
    }
  }

  private interface Write {
    void to(Conn conn) throws Exception;
  }

  /** A peer that takes nothing: the kernel gives up, and reports that to the write that waits. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void afterATimeoutThatAWriteReportedReadsFailToo(@TempDir Path folder) throws Exception {
    var zeros = ByteBuffer.allocate(16 << 20); // more than both kernels take
    List<Write> writes =
        List.of(
            conn -> conn.write(zeros.duplicate()),
            conn -> conn.write(new ByteBuffer[] {ByteBuffer.allocate(9), zeros.duplicate()}, 0, 2),
            conn -> {
              try (var file = new RandomAccessFile(folder.resolve("zeros").toFile(), "rw")) {
                file.setLength(zeros.limit());
                conn.transferFrom(file.getChannel(), 0, zeros.limit());
              }
            });
    for (Write write : writes) {
      try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        var channel = SocketChannel.open(deaf.getLocalSocketAddress());
        int tcpUserTimeout = 18; // in milliseconds
        assertEquals(0, SocketCalls.enable(NioInternals.fd(channel), IPPROTO_TCP, tcpUserTimeout));
        var descriptor = Descriptor.open(fixture.network, channel);
        try (var conn = new SocketConn(descriptor)) {
          var e = assertThrows(IOException.class, () -> run(() -> write.to(conn)));
          assertEquals(true, e.getMessage().endsWith(": Connection timed out"), e::getMessage);
          e = assertThrows(SocketException.class, () -> by(() -> readOne(conn)));
          assertEquals(true, e.getMessage().endsWith(": Connection timed out"), e::getMessage);
        }
      }
    }
  }

  /** The JDK copies all it is offered, with each try. */
  @Test
  void severalBuffersAreOfferedInPortionsAndKeepTheirLimits() throws Exception {
    try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT);
        var channel = SocketChannel.open(listener.getLocalAddress())) {
      channel.configureBlocking(false);
      var io = SocketIo.ofChannel(LateChannel.of(channel));
      var bufs = new ByteBuffer[] {ByteBuffer.allocate(10), ByteBuffer.allocate(1 << 20)};
      long n = by(() -> io.write(bufs, 0, 2));
      assertEquals(SocketIo.MAX_BYTES, n);
      assertEquals(SocketIo.MAX_BYTES - 10, bufs[1].position());
      assertEquals(1 << 20, bufs[1].limit());
    }
  }

  private static int readOne(Conn conn) throws Exception {
    return conn.read(ByteBuffer.allocate(1));
  }

  @Test
  void writesToAPeerThatIsGoneEndInABrokenPipe() throws Exception {
    var peer = new Socket();
    try (var listener = fixture.listen()) {
      peer.connect(listener.localAddress());
      try (var conn = listener.accept()) {
        peer.close();
        var e =
            assertThrows(
                IOException.class,
                () ->
                    by(
                        () -> {
                          for (; ; ) {
                            conn.write(ByteBuffer.allocate(1000));
                          }
                        }));
        assertEquals(
            true,
            e.getMessage().matches(".*(Broken pipe|Connection reset by peer)"),
            e::getMessage);
      }
    }
  }
}
