package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
          by(
              () -> {
                Bytes.readFully(pair.server(), dst);
                return null;
              });
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

  /** Whoever saw the reset first: the kernel tells of it once. */
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
                java.io.IOException.class,
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
