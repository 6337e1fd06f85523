package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.poll.LateChannel;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a channel reports beside bytes: interrupted system calls, failures of the connection. */
@Timeout(120)
final class SocketIoFaultsTest {
  private SocketChannel peer;
  private FaultySocketChannel channel;
  private SocketIo io;

  @BeforeEach
  void connect() throws IOException {
    try (var listener = ServerSocketChannel.open().bind(Fixture.ANY_PORT)) {
      peer = SocketChannel.open(listener.getLocalAddress());
      channel = new FaultySocketChannel(listener.accept());
    }
    channel.configureBlocking(false);
    io = SocketIo.ofChannel(LateChannel.of(channel, -1));
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
    peer.close();
  }

  @Test
  void anInterruptedReadIsMadeAgain() throws IOException {
    peer.write(Bytes.of(1, 0, 10));
    channel.interrupts = 3;
    var dst = ByteBuffer.allocate(10);
    assertEquals(10, io.read(dst));
    Bytes.check(1, 0, dst.flip());
  }

  @Test
  void interruptedWritesOfEveryKindAreMadeAgain(@TempDir Path folder) throws IOException {
    channel.interrupts = 3;
    assertEquals(true, io.write(Bytes.of(1, 0, 10)));
    channel.interrupts = 3;
    assertEquals(20, io.write(new ByteBuffer[] {Bytes.of(1, 10, 5), Bytes.of(1, 15, 15)}, 0, 2));
    channel.interrupts = 3;
    Path path = Files.write(folder.resolve("file"), Bytes.of(1, 0, 40).array());
    try (var file = FileChannel.open(path)) {
      assertEquals(10, io.transferFrom(file, 30, 10));
    }
    var dst = ByteBuffer.allocate(40);
    while (dst.hasRemaining()) {
      peer.read(dst);
    }
    Bytes.check(1, 0, dst.flip());
  }

  /** The kernel reports a failure once; from then on a read finds the end of the stream. */
  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EAGAIN", "EINTR", "ENOBUFS", "ENOMEM", "EPIPE"})
  void aReadReportsEveryFailureThatAWriteHasMet(Errno errno) throws IOException {
    peer.shutdownOutput();
    channel.failure = new IOException(errno.words());
    assertThrows(IOException.class, () -> io.write(Bytes.of(1, 0, 10)));
    var e = assertThrows(SocketException.class, () -> io.read(ByteBuffer.allocate(1)));
    assertEquals(errno, Errno.of(e));
  }

  @Test
  void aReadReportsAFailureThatNobodyKnowsInTheSameWords() throws IOException {
    peer.shutdownOutput();
    channel.failure = new IOException("the wire is cut");
    assertThrows(IOException.class, () -> io.write(Bytes.of(1, 0, 10)));
    var e = assertThrows(SocketException.class, () -> io.read(ByteBuffer.allocate(1)));
    assertEquals("the wire is cut", e.getMessage());
  }

  /** EPIPE: the peer's end of the stream came first, and all its bytes are there. */
  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      names = {"ENOBUFS", "ENOMEM", "EPIPE"})
  void whatPassesLeavesTheReaderTheRestOfTheStream(Errno errno) throws IOException {
    peer.write(Bytes.of(1, 0, 10));
    peer.shutdownOutput();
    channel.failure = new IOException(errno.words());
    assertThrows(IOException.class, () -> io.write(Bytes.of(1, 0, 10)));
    assertEquals(10, io.read(ByteBuffer.allocate(20)));
    assertEquals(-1, io.read(ByteBuffer.allocate(20)));
  }

  @Test
  void aFileThatCannotBeReadIsNoFailureOfTheConnection(@TempDir Path folder) throws IOException {
    peer.shutdownOutput();
    Path path = Files.write(folder.resolve("file"), new byte[10]);
    try (var file = FileChannel.open(path)) {
      channel.failure = new IOException(Errno.EIO.words());
      assertThrows(IOException.class, () -> io.transferFrom(file, 0, 10));
      assertEquals(-1, io.read(ByteBuffer.allocate(1)));
      channel.failure = new IOException(Errno.ETIMEDOUT.words());
      assertThrows(IOException.class, () -> io.transferFrom(file, 0, 10));
      assertThrows(SocketException.class, () -> io.read(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void afterCloseWriteATransferFailsAsAWriteDoes(@TempDir Path folder) throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[10]);
    try (var file = FileChannel.open(path)) {
      io.shutdownOutput();
      assertThrows(ClosedChannelException.class, () -> io.transferFrom(file, 0, 10));
      assertThrows(ClosedChannelException.class, () -> io.write(ByteBuffer.allocate(1)));
      assertEquals(0, io.read(ByteBuffer.allocate(1)));
    }
  }
}
