package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.errno.Errno;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What a program sees of a {@link ServerSocket}. */
final class JdkServerSocketTest extends JdkSocketSuite {

  @Test
  void anUnboundServerSaysSoUntilItIsBound() throws Exception {
    try (var server = newServer()) {
      assertFalse(server.isBound());
      assertEquals(-1, server.getLocalPort());
      assertNull(server.getInetAddress());
      assertEquals(
          "Socket is not bound yet",
          assertThrows(SocketException.class, server::accept).getMessage());
      server.bind(new InetSocketAddress(LOOPBACK, 0));
      assertTrue(server.isBound());
      assertEquals(LOOPBACK, server.getInetAddress());
      assertTrue(server.getLocalPort() > 0);
      assertEquals(
          "Already bound",
          assertThrows(SocketException.class, () -> server.bind(null)).getMessage());
    }
  }

  @Test
  void theWildcardAddressIsShownAsItWasGiven() throws Exception {
    try (var server = newServer();
        var oracle = new ServerSocket(0)) {
      server.bind(new InetSocketAddress(0));
      assertEquals(oracle.getInetAddress(), server.getInetAddress());
    }
  }

  @Test
  void aPortThatIsTakenIsRefusedAndFreeAgainAfterClose() throws Exception {
    int port;
    try (var server = listening();
        var second = newServer()) {
      port = server.getLocalPort();
      var e =
          assertThrows(
              BindException.class, () -> second.bind(new InetSocketAddress(LOOPBACK, port)));
      assertEquals(
          "Address already in use", Errno.words(e)); // the JDK says it in the language here
    }
    try (var again = newServer()) {
      again.bind(new InetSocketAddress(LOOPBACK, port));
      assertEquals(port, again.getLocalPort());
    }
  }

  @Test
  void thePortIsFreeAfterACloseThatEndsAnAccept() throws Exception {
    var server = listening();
    int port = server.getLocalPort();
    var accepting = blocked(go(server::accept));
    server.close();
    assertClosed(accepting.failure());
    try (var again = newServer()) {
      again.bind(new InetSocketAddress(LOOPBACK, port));
    }
  }

  private static void assertClosed(Throwable e) {
    assertEquals(SocketException.class, e.getClass(), () -> String.valueOf(e));
    assertEquals("Socket closed", e.getMessage());
  }

  @Test
  void anAcceptThatTimesOutLeavesTheServerUsable() throws Exception {
    try (var server = listening()) {
      server.setSoTimeout(20);
      assertEquals(20, server.getSoTimeout());
      var e = go(server::accept).failure();
      assertEquals(SocketTimeoutException.class, e.getClass());
      assertEquals("Accept timed out", e.getMessage());
      server.setSoTimeout(0);
      var accepting = blocked(go(server::accept));
      try (var client = newSocket()) {
        client.connect(server.getLocalSocketAddress());
        var accepted = accepting.join();
        assertEquals(0, accepted.getSoTimeout());
        accepted.close();
      }
    }
  }

  @Test
  void everyConnectionIsAcceptedByOneOfManyThreads() throws Exception {
    int connections = 40;
    try (var server = listening()) {
      Set<Integer> ports = ConcurrentHashMap.newKeySet();
      var accepting = new ArrayList<Fixture.Running<Void>>();
      for (int i = 0; i < connections; i++) {
        accepting.add(
            run(
                () -> {
                  try (var accepted = server.accept()) {
                    ports.add(accepted.getPort());
                    accepted.getOutputStream().write(accepted.getInputStream().read());
                  }
                }));
      }
      var clients = new ArrayList<Fixture.Running<Void>>();
      for (int i = 0; i < connections; i++) {
        clients.add(
            run(
                () -> {
                  try (var client = newSocket()) {
                    client.connect(server.getLocalSocketAddress());
                    client.getOutputStream().write(7);
                    assertEquals(7, client.getInputStream().read());
                    assertEquals(-1, client.getInputStream().read());
                  }
                }));
      }
      Fixture.joinAll(clients);
      Fixture.joinAll(accepting);
      assertEquals(connections, ports.size());
    }
  }

  @Test
  void closeEndsAllThreadsThatAccept() throws Exception {
    var server = listening();
    var accepting = new ArrayList<Fixture.Running<Socket>>();
    accepting.add(blocked(go(server::accept)));
    for (int i = 0; i < 3; i++) {
      accepting.add(go(server::accept));
    }
    server.close();
    for (var each : accepting) {
      var e = each.failure();
      assertEquals(SocketException.class, e.getClass());
      assertTrue(Set.of("Socket closed", "Socket is closed").contains(e.getMessage()));
    }
    assertEquals(
        "Socket is closed", assertThrows(SocketException.class, server::accept).getMessage());
  }

  @Test
  void anInterruptClosesTheServerOfAVirtualThreadAndIsNothingToAPlatformThread() throws Exception {
    try (var server = listening();
        var client = newSocket()) {
      var accepting = blocked(go(server::accept));
      accepting.thread().interrupt();
      if (kind.isVirtual()) {
        var e = accepting.failure();
        assertEquals(SocketException.class, e.getClass());
        assertEquals("Closed by interrupt", e.getMessage());
        assertTrue(server.isClosed());
      } else {
        client.connect(server.getLocalSocketAddress());
        accepting.join().close();
        assertFalse(server.isClosed());
      }
    }
  }

  @Test
  void optionsOfAServerAreThoseOfTheJdk() throws Exception {
    var server = newServer();
    try (var oracle = new ServerSocket()) {
      assertEquals(oracle.supportedOptions(), server.supportedOptions());
      assertEquals(oracle.getReuseAddress(), server.getReuseAddress());
      assertEquals(0, server.getSoTimeout());
      server.setReuseAddress(false);
      assertFalse(server.getReuseAddress());
      server.setReuseAddress(true);
      assertTrue(server.getReuseAddress());
      server.setReceiveBufferSize(60_000);
      assertTrue(server.getReceiveBufferSize() >= 60_000);
      server.setOption(java.net.StandardSocketOptions.IP_TOS, 0x10);
      assertEquals(0x10, server.getOption(java.net.StandardSocketOptions.IP_TOS));
      server.bind(Fixture.ANY_PORT);
      try (var client = newSocket()) {
        client.connect(server.getLocalSocketAddress());
        try (var accepted = server.accept()) {
          assertTrue(accepted.getReceiveBufferSize() >= 60_000);
        }
      }
    }
    server.close();
    assertThrows(SocketException.class, server::getSoTimeout);
  }

  @Test
  void aConnectionThatIsResetWhileItQueuesDoesNotEndTheServer() throws Exception {
    try (var server = listening()) {
      var first = newSocket();
      first.connect(server.getLocalSocketAddress());
      first.setSoLinger(true, 0);
      first.close();
      try (var second = newSocket()) {
        second.connect(server.getLocalSocketAddress());
        int port = second.getLocalPort();
        var found =
            go(
                () -> {
                  for (; ; ) {
                    try (var accepted = server.accept()) {
                      if (accepted.getPort() == port) {
                        return accepted.getPort();
                      }
                    }
                  }
                });
        assertEquals(port, found.join());
      }
    }
  }
}
