package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.net.HeddleServerSocketFactory;
import dev.heddle.net.HeddleSocketFactory;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

/** Sockets of {@code java.net} over a runtime, and names for the tasks of libraries. */
final class HeddleSocketsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private static <T> T in(Heddle heddle, Callable<T> body) throws Exception {
    var future = new FutureTask<>(body);
    heddle.go(future::run);
    return future.get(Waits.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aTaskKnowsItsRuntimeAndNoOtherThreadDoes() throws Exception {
    try (var first = Heddle.builder().name("first").start();
        var second = Heddle.builder().name("second").start()) {
      assertSame(first, in(first, Heddle::current));
      assertSame(second, in(second, Heddle::current));
      assertNull(Heddle.current());
      var stock = new FutureTask<>(Heddle::current);
      Thread.ofVirtual().start(stock);
      assertNull(stock.get());
      assertTrue(Heddle.running().containsAll(List.of(first, second)));
    }
    assertTrue(
        Heddle.running().stream().noneMatch(heddle -> heddle.name().matches("first|second")));
  }

  @Test
  void tasksOfANamedExecutorAndFactoryAreNumbered() throws Exception {
    try (var heddle = Heddle.start();
        var executor = heddle.executor("jdbc")) {
      var names = new ArrayList<String>();
      for (int i = 0; i < 2; i++) {
        names.add(executor.submit(() -> Thread.currentThread().getName()).get());
      }
      assertEquals(List.of("jdbc-0", "jdbc-1"), names);
      var factory = heddle.threadFactory("jetty");
      assertEquals("jetty-0", factory.newThread(() -> {}).getName());
      var runtime = new FutureTask<>(Heddle::current);
      factory.newThread(runtime).start();
      assertSame(heddle, runtime.get());
    }
  }

  @Test
  void socketsOfAFactoryBelongToTheRuntimeOfTheTaskThatMakesThem() throws Exception {
    try (var first = Heddle.builder().name("first").start();
        var second = Heddle.builder().name("second").start()) {
      try (var server = in(first, () -> server(new HeddleServerSocketFactory()));
          var socket = in(second, () -> client(new HeddleSocketFactory(), server));
          var accepted = in(first, server::accept)) {
        assertEquals(2, first.openSockets());
        assertEquals(1, second.openSockets());
        echo(socket, accepted);
      }
      assertEquals(0, first.openSockets());
      assertEquals(0, second.openSockets());
    }
  }

  private static ServerSocket server(ServerSocketFactory factory) throws Exception {
    return factory.createServerSocket(0, 50, LOOPBACK);
  }

  private static Socket client(SocketFactory factory, ServerSocket server) throws Exception {
    return factory.createSocket(LOOPBACK, server.getLocalPort());
  }

  private static void echo(Socket client, Socket server) throws Exception {
    client.getOutputStream().write(7);
    assertEquals(7, server.getInputStream().read());
  }

  @Test
  void onAnotherThreadTheyBelongToTheRuntimeThatIsNamed() throws Exception {
    try (var first = Heddle.builder().name("first").start();
        var second = Heddle.builder().name("second").start();
        var server = server(new HeddleServerSocketFactory("first"));
        var socket = client(new HeddleSocketFactory("second"), server);
        var accepted = server.accept()) {
      assertEquals(2, first.openSockets());
      assertEquals(1, second.openSockets());
      echo(socket, accepted);
    }
  }

  @Test
  void whereNoRuntimeFitsTheSocketsAreTheJdks() throws Exception {
    try (var heddle = Heddle.builder().name("only").start();
        var server = server(new HeddleServerSocketFactory("missing"));
        var socket = new HeddleSocketFactory("missing").createSocket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, server.getLocalPort()));
      try (var accepted = server.accept()) {
        assertEquals(0, heddle.openSockets());
        echo(socket, accepted);
      }
    }
  }

  /** A program without a call of ours but the start of the runtime. */
  static final class Main {
    public static void main(String[] args) throws Exception {
      try (var heddle = Heddle.start()) {
        var server = in(heddle, () -> new ServerSocket(0, 50, LOOPBACK));
        System.out.println("open sockets " + heddle.openSockets());
        server.close();
      }
    }
  }

  @Test
  void theSystemPropertyMakesTheSocketsOfAProgramOurs() {
    var with = new ArrayList<>(ChildJvm.FLAGS);
    with.add("-Dheddle.sockets=true");
    var child = ChildJvm.run(with, Main.class.getName());
    assertEquals("open sockets 1", child.output().strip());
    var without = ChildJvm.run(ChildJvm.FLAGS, Main.class.getName());
    assertEquals("open sockets 0", without.output().strip());
  }
}
