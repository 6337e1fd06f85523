package dev.heddle.netio;

import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.spi.ParkReason;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;
import java.net.SocketImplFactory;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** Programs of their own, as the JDK takes socket factories once in a JVM. */
final class InstalledSockets {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private InstalledSockets() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "installed" -> installed();
      case "proxied" -> proxied();
      case "taken" -> taken();
      default -> notInstalled();
    }
    System.out.println("done");
  }

  private static void check(boolean holds, Object what) {
    if (!holds) {
      throw new AssertionError(String.valueOf(what));
    }
  }

  private static ParkReason waitsIn(Fixture.Running<?> running) throws Exception {
    Fixture.await(() -> LockSupport.getBlocker(running.thread()) instanceof ParkReason);
    return (ParkReason) Objects.requireNonNull(LockSupport.getBlocker(running.thread()));
  }

  private static boolean isOurs(Fixture.Running<?> running) throws Exception {
    var seen = new boolean[2];
    Fixture.await(
        () -> {
          var blocker = LockSupport.getBlocker(running.thread());
          seen[0] = blocker instanceof ParkReason;
          seen[1] =
              java.util.Arrays.stream(running.thread().getStackTrace())
                  .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.N"));
          return seen[0] || seen[1];
        });
    return seen[0];
  }

  private static void installed() throws Exception {
    check(Network.installSockets(), "not installed");
    check(Network.installSockets(), "not installed the second time");
    try (var fixture = new Fixture(PollerKind.AUTO)) {
      tasksGetOursAndOthersTheJdks(fixture);
      socketsWorkOnThreadsOfEveryKind(fixture);
      aProgramsOwnSocketIsAccepted(fixture);
    }
    try (var first = new Fixture(PollerKind.AUTO);
        var second = new Fixture(PollerKind.AUTO)) {
      int before = second.network.openSockets();
      try (var server = first.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join()) {
        check(first.network.openSockets() == 1, "the server is not of the first runtime");
        var client = second.go(() -> connected(server)).join();
        check(second.network.openSockets() == before + 1, "the client is not of the second");
        client.close();
      }
    }
    var left = new Fixture(PollerKind.AUTO);
    var server = left.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join();
    var accepting = left.go(server::accept);
    check(isOurs(accepting), "accept");
    left.close();
    check("Socket closed".equals(accepting.failure().getMessage()), accepting.failure());
  }

  private static Socket connected(ServerSocket server) throws IOException {
    return new Socket(server.getInetAddress(), server.getLocalPort());
  }

  private static void tasksGetOursAndOthersTheJdks(Fixture fixture) throws Exception {
    var server = fixture.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join();
    var accepting = fixture.go(server::accept);
    check(waitsIn(accepting).state() == TaskState.ACCEPT, "accept");
    var client = fixture.go(() -> connected(server)).join();
    var accepted = accepting.join();
    var reading = fixture.go(() -> client.getInputStream().read());
    var reason = waitsIn(reading);
    check(reason.state() == TaskState.IO_READ, reason.state());
    check(String.valueOf(reason.describe()).contains(":" + server.getLocalPort()), reason);
    accepted.getOutputStream().write(7);
    check(reading.join() == 7, "read");
    check(fixture.network.openSockets() == 3, fixture.network.openSockets());
    client.close();
    accepted.close();
    server.close();
    check(fixture.network.openSockets() == 0, fixture.network.openSockets());

    for (var kind : new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
      try (var stock =
              Fixture.go(kind, () -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join();
          var other = Fixture.go(kind, () -> connected(stock)).join();
          var end = Fixture.go(kind, stock::accept).join()) {
        check(fixture.network.openSockets() == 0, "sockets of other threads are ours");
        var waiting = Fixture.go(kind, () -> other.getInputStream().read());
        check(!isOurs(waiting), "others wait in our poller");
        end.getOutputStream().write(7);
        check(waiting.join() == 7, "read");
      }
    }
  }

  private static void socketsWorkOnThreadsOfEveryKind(Fixture fixture) throws Exception {
    try (var ofTask = fixture.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join();
        var ofMain = new ServerSocket(0, 50, ANY_PORT.getAddress())) {
      for (var server : new ServerSocket[] {ofTask, ofMain}) {
        try (var client = connected(server);
            var accepted = fixture.go(server::accept).join()) {
          echo(fixture, client, accepted);
        }
        try (var client = fixture.go(() -> connected(server)).join();
            var accepted = server.accept()) {
          echo(fixture, client, accepted);
        }
      }
    }
  }

  private static void echo(Fixture fixture, Socket client, Socket server) throws Exception {
    var reading = fixture.go(() -> server.getInputStream().read());
    client.getOutputStream().write(7);
    check(reading.join() == 7, "to the server");
    fixture.run(() -> client.getOutputStream().write(8)).join();
    check(server.getInputStream().read() == 8, "to the server, from a task");
    var back = fixture.go(() -> client.getInputStream().read());
    server.getOutputStream().write(9);
    check(back.join() == 9, "to the client");
  }

  private static final class OwnSocket extends Socket {}

  private static final class OwnServerSocket extends ServerSocket {
    OwnServerSocket() throws IOException {
      super(0, 50, ANY_PORT.getAddress());
    }

    @Override
    public Socket accept() throws IOException {
      var socket = new OwnSocket();
      socket.setSoTimeout(1234);
      implAccept(socket);
      return socket;
    }
  }

  private static void aProgramsOwnSocketIsAccepted(Fixture fixture) throws Exception {
    try (var server = fixture.go(OwnServerSocket::new).join();
        var client = fixture.go(() -> connected(server)).join();
        var accepted = fixture.go(server::accept).join()) {
      check(accepted instanceof OwnSocket, accepted);
      check(accepted.getSoTimeout() == 1234, accepted.getSoTimeout());
      echo(fixture, client, accepted);
    }
    try (var server = new OwnServerSocket();
        var client = connected(server);
        var accepted = server.accept()) {
      check(accepted.getSoTimeout() == 1234, accepted.getSoTimeout());
      echo(fixture, client, accepted);
    }
  }

  // ---- by way of a proxy

  private static void proxied() throws Exception {
    check(Network.installSockets(), "not installed");
    try (var fixture = new Fixture(PollerKind.AUTO);
        var proxy = new ServerSocket(0, 50, ANY_PORT.getAddress());
        var server = fixture.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join()) {
      System.setProperty("socksProxyHost", "127.0.0.1");
      System.setProperty("socksProxyPort", String.valueOf(proxy.getLocalPort()));
      System.setProperty("socksNonProxyHosts", ""); // else this machine is one
      var serving = Fixture.go(Thread.ofPlatform(), () -> serveOne(proxy));
      var client =
          fixture
              .go(
                  () -> {
                    var socket = new Socket();
                    socket.setTcpNoDelay(true);
                    socket.setSoTimeout(60_000);
                    socket.connect(server.getLocalSocketAddress(), 60_000);
                    return socket;
                  })
              .join();
      check(client.getTcpNoDelay() && client.getSoTimeout() == 60_000, "options are lost");
      check(fixture.go(() -> client.getInputStream().read()).join() == 'P', "not by the proxy");
      check(serving.join() == server.getLocalPort(), "another port");
      client.close();

      var direct =
          fixture
              .go(
                  () -> {
                    var socket = new Socket(Proxy.NO_PROXY);
                    socket.connect(server.getLocalSocketAddress());
                    return socket;
                  })
              .join();
      try (var accepted = server.accept()) {
        accepted.getOutputStream().write(7);
        check(fixture.go(() -> direct.getInputStream().read()).join() == 7, "not direct");
      }
      direct.close();
    }
  }

  /** Speaks as much of SOCKS 5 as a client needs, says P, and returns the port it was asked for. */
  private static int serveOne(ServerSocket proxy) throws IOException {
    try (var socket = proxy.accept()) {
      var in = new DataInputStream(socket.getInputStream());
      check(in.readByte() == 5, "not version 5");
      in.readFully(new byte[in.readByte()]);
      socket.getOutputStream().write(new byte[] {5, 0});
      in.readFully(new byte[3]);
      check(in.readByte() == 1, "not an address of version 4");
      in.readFully(new byte[4]);
      int port = in.readUnsignedShort();
      socket.getOutputStream().write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 0, 'P'});
      return port;
    }
  }

  // ---- where it cannot be done

  @SuppressWarnings("deprecation") // what such programs do
  private static void taken() throws Exception {
    var calls = new int[1];
    SocketImplFactory own =
        () -> {
          calls[0]++;
          try {
            var constructor =
                Class.forName("sun.nio.ch.NioSocketImpl").getConstructor(boolean.class);
            return (SocketImpl) constructor.newInstance(false);
          } catch (ReflectiveOperationException e) {
            throw new LinkageError("no NioSocketImpl", e);
          }
        };
    Socket.setSocketImplFactory(own);
    notInstalled();
    check(calls[0] > 0, "the program's factory is not used");
  }

  private static void notInstalled() throws Exception {
    check(!Network.installSockets(), "installed");
    check(!Network.installSockets(), "installed the second time");
    try (var fixture = new Fixture(PollerKind.AUTO);
        var server = fixture.go(() -> new ServerSocket(0, 50, ANY_PORT.getAddress())).join();
        var client = fixture.go(() -> connected(server)).join();
        var accepted = fixture.go(server::accept).join()) {
      check(fixture.network.openSockets() == 0, "ours nevertheless");
      echo(fixture, client, accepted);
    }
  }
}
