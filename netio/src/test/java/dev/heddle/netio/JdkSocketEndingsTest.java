package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How connections of {@link Socket}s end: close, half-close, reset, interrupt. */
final class JdkSocketEndingsTest extends JdkSocketSuite {
  private static final byte[] BYE = "bye".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MEGABYTES = new byte[16 << 20]; // more than both kernels take

  private static void assertClosed(Throwable e) {
    assertEquals(SocketException.class, e.getClass(), () -> String.valueOf(e));
    assertEquals("Socket closed", e.getMessage());
  }

  @Test
  void closeEndsAReadThatWaits() throws Exception {
    try (var pair = pair()) {
      var reading = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().close();
      assertClosed(reading.failure());
      assertTrue(pair.client().isClosed());
      assertEquals(-1, go(() -> pair.server().getInputStream().read()).join());
    }
  }

  @Test
  void aSocketThatNobodyHoldsAnyMoreIsClosed() throws Exception {
    try (var listener = listening()) {
      forget(listener);
      var accepted = listener.accept();
      var reading = go(() -> accepted.getInputStream().read());
      Fixture.await(
          () -> {
            System.gc();
            return !reading.thread().isAlive();
          });
      assertEquals(-1, reading.join());
      accepted.close();
    }
  }

  private void forget(ServerSocket listener) throws IOException {
    newSocket().connect(listener.getLocalSocketAddress());
  }

  @Test
  void closeEndsAReadThatHasATimeout() throws Exception {
    try (var pair = pair()) {
      pair.client().setSoTimeout(60_000);
      var reading = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().close();
      assertClosed(reading.failure());
    }
  }

  @Test
  void closeEndsReadersThatQueue() throws Exception {
    try (var pair = pair()) {
      var first = blocked(go(() -> pair.client().getInputStream().read()));
      var second = go(() -> pair.client().getInputStream().read());
      Fixture.await(() -> second.thread().getState() == Thread.State.WAITING);
      pair.client().close();
      assertClosed(first.failure());
      assertClosed(second.failure());
    }
  }

  @Test
  void closingAStreamClosesTheSocket() throws Exception {
    try (var pair = pair()) {
      var reading = blocked(go(() -> pair.client().getInputStream().read()));
      pair.client().getOutputStream().close();
      assertClosed(reading.failure());
      assertTrue(pair.client().isClosed());
      pair.server().getInputStream().close();
      assertTrue(pair.server().isClosed());
    }
  }

  @Test
  void closeEndsAWriteThatWaits() throws Exception {
    try (var pair = pair()) {
      var writing = blocked(run(() -> pair.client().getOutputStream().write(MEGABYTES)));
      pair.client().close();
      assertClosed(writing.failure());
    }
  }

  @Test
  void afterCloseEveryCallSaysSo() throws Exception {
    try (var pair = pair()) {
      var in = pair.client().getInputStream();
      var out = pair.client().getOutputStream();
      pair.client().close();
      assertClosed(go(() -> in.read()).failure());
      assertClosed(run(() -> out.write(1)).failure());
      for (Fixture.Action call :
          new Fixture.Action[] {
            pair.client()::getInputStream,
            pair.client()::getOutputStream,
            pair.client()::shutdownInput,
            pair.client()::shutdownOutput
          }) {
        var e = assertThrows(SocketException.class, call::run);
        assertEquals("Socket is closed", e.getMessage());
      }
      assertThrows(SocketException.class, () -> pair.client().sendUrgentData(1));
      assertTrue(pair.client().isConnected()); // it was
      pair.client().close();
    }
  }

  @Test
  void aSocketWithUnreadBytesEndsCleanlyForItsPeer() throws Exception {
    try (var pair = pair()) {
      pair.server().getOutputStream().write(new byte[100]); // nobody reads them
      Fixture.await(() -> available(pair.client()) == 100);
      pair.client().getOutputStream().write(BYE);
      pair.client().close();
      assertArrayEquals(BYE, go(() -> pair.server().getInputStream().readAllBytes()).join());
    }
  }

  private static int available(Socket socket) {
    try {
      return socket.getInputStream().available();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lingeringForNoTimeResetsTheConnection() throws Exception {
    try (var pair = pair()) {
      var reading = blocked(go(() -> pair.server().getInputStream().read()));
      pair.client().setSoLinger(true, 0);
      pair.client().close();
      var e = reading.failure();
      assertEquals(SocketException.class, e.getClass());
      assertEquals("Connection reset", e.getMessage());
      e = go(() -> pair.server().getInputStream().read()).failure(); // and it stays so
      assertEquals("Connection reset", e.getMessage());
      e = run(() -> pair.server().getOutputStream().write(1)).failure();
      assertEquals(SocketException.class, e.getClass());
    }
  }

  @Test
  void aWriteToAPeerThatHasClosedFails() throws Exception {
    try (var pair = pair()) {
      pair.server().close();
      var e =
          run(() -> {
                for (; ; ) { // the first ones provoke the reset
                  pair.client().getOutputStream().write(1);
                }
              })
              .failure();
      assertEquals(SocketException.class, e.getClass());
      assertTrue(
          Set.of("Broken pipe", "Connection reset", "Connection reset by peer")
              .contains(Errno.words(e)),
          e.getMessage());
    }
  }

  @Test
  void theEndOfTheStreamStaysAlsoAfterClose() throws Exception {
    try (var pair = pair()) {
      var in = pair.client().getInputStream();
      pair.server().close();
      assertEquals(-1, go(() -> in.read()).join());
      assertEquals(-1, go(() -> in.read()).join());
      pair.client().close();
      assertEquals(-1, go(() -> in.read()).join());
    }
  }

  // ---- half-close

  @Test
  void shutdownOutputEndsTheStreamForThePeerOnly() throws Exception {
    try (var pair = pair()) {
      var out = pair.client().getOutputStream();
      out.write(BYE);
      pair.client().shutdownOutput();
      assertTrue(pair.client().isOutputShutdown());
      assertArrayEquals(BYE, go(() -> pair.server().getInputStream().readAllBytes()).join());
      pair.server().getOutputStream().write(BYE);
      assertArrayEquals(BYE, go(() -> pair.client().getInputStream().readNBytes(3)).join());
      var e = run(() -> out.write(1)).failure();
      assertEquals(SocketException.class, e.getClass());
      assertEquals("Broken pipe", Errno.words(e));
      assertEquals(
          "Socket output is shutdown",
          assertThrows(SocketException.class, pair.client()::getOutputStream).getMessage());
      assertEquals(
          "Socket output is already shutdown",
          assertThrows(SocketException.class, pair.client()::shutdownOutput).getMessage());
    }
  }

  @Test
  void shutdownInputEndsReadsPendingAndLater() throws Exception {
    try (var pair = pair()) {
      var in = pair.client().getInputStream();
      var reading = blocked(go(() -> in.read()));
      pair.client().shutdownInput();
      assertTrue(pair.client().isInputShutdown());
      assertEquals(-1, reading.join());
      assertEquals(-1, go(() -> in.read()).join());
      pair.client().getOutputStream().write(BYE); // the other direction lives
      assertArrayEquals(BYE, go(() -> pair.server().getInputStream().readNBytes(3)).join());
      assertEquals(
          "Socket input is shutdown",
          assertThrows(SocketException.class, pair.client()::getInputStream).getMessage());
    }
  }

  // ---- interrupt

  @Test
  void anInterruptClosesTheSocketOfAVirtualThreadAndIsNothingToAPlatformThread() throws Exception {
    try (var pair = pair()) {
      var interrupted = new boolean[1];
      var reading =
          blocked(
              go(
                  () -> {
                    try {
                      return pair.client().getInputStream().read();
                    } finally {
                      interrupted[0] = Thread.currentThread().isInterrupted();
                    }
                  }));
      reading.thread().interrupt();
      if (kind.isVirtual()) {
        var e = reading.failure();
        assertEquals(SocketException.class, e.getClass());
        assertEquals("Closed by interrupt", e.getMessage());
        assertTrue(pair.client().isClosed());
        assertEquals(-1, go(() -> pair.server().getInputStream().read()).join());
      } else {
        pair.server().getOutputStream().write(7);
        assertEquals(7, reading.join());
        assertFalse(pair.client().isClosed());
      }
      assertTrue(interrupted[0]);
    }
  }

  @Test
  void anInterruptEndsAWriteThatWaitsOnAVirtualThread() throws Exception {
    try (var pair = pair()) {
      var writing = blocked(run(() -> pair.client().getOutputStream().write(MEGABYTES)));
      writing.thread().interrupt();
      if (kind.isVirtual()) {
        assertEquals("Closed by interrupt", writing.failure().getMessage());
        assertTrue(pair.client().isClosed());
      } else {
        assertEquals(
            MEGABYTES.length,
            go(() -> pair.server().getInputStream().readNBytes(MEGABYTES.length)).join().length);
        writing.join();
      }
    }
  }

  @Test
  void anInterruptedThreadReadsWhatIsThere() throws Exception {
    try (var pair = pair()) {
      pair.server().getOutputStream().write(BYE);
      Fixture.await(() -> available(pair.client()) == BYE.length);
      var read =
          go(
              () -> {
                Thread.currentThread().interrupt();
                return pair.client().getInputStream().readNBytes(3);
              });
      assertArrayEquals(BYE, read.join());
      assertFalse(pair.client().isClosed());
    }
  }

  @Test
  void aThreadThatIsInterruptedBeforeItWaitsIsTreatedAsOneThatWaits() throws Exception {
    try (var pair = pair()) {
      var reading =
          go(
              () -> {
                Thread.currentThread().interrupt();
                return pair.client().getInputStream().read();
              });
      if (kind.isVirtual()) {
        assertEquals("Closed by interrupt", reading.failure().getMessage());
      } else {
        pair.server().getOutputStream().write(7);
        assertEquals(7, reading.join());
      }
    }
  }
}
