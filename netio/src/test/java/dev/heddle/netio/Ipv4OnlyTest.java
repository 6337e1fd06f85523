package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a JVM of its own, started without IPv6: addresses of IPv6 are usual errors. */
@Timeout(120)
final class Ipv4OnlyTest {
  private static final InetSocketAddress SIX =
      new InetSocketAddress(InetAddress.ofLiteral("::1"), 7);

  private interface Call {
    void run() throws IOException;
  }

  /** The other JVM: each call throws a SocketException, and IPv4 still works. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      for (var kind : new PollerKind[] {PollerKind.EPOLL, PollerKind.SELECTOR}) {
        try (var fixture = new Fixture(kind)) {
          Network network = fixture.network;
          var four = network.listenPacket(new InetSocketAddress(0));
          print("listenPacket", () -> network.listenPacket(SIX));
          print("dialPacket", () -> network.dialPacket(SIX));
          print("send", () -> four.send(ByteBuffer.allocate(1), SIX));
          print("dial", () -> network.dial(SIX));
          print("listen", () -> network.listen(SIX, ListenOptions.DEFAULT));
          var peer = network.listenPacket(Fixture.ANY_PORT);
          four.send(ByteBuffer.allocate(3), peer.localAddress());
          var buffer = ByteBuffer.allocate(10);
          peer.receive(buffer);
          System.out.println("received " + buffer.position());
        }
      }
    }

    private static void print(String name, Call call) {
      try {
        call.run();
        System.out.println(name + " worked");
      } catch (SocketException e) {
        System.out.println(name + " SocketException");
      } catch (IOException | RuntimeException e) {
        System.out.println(name + " " + e);
      }
    }
  }

  @Test
  void anAddressOfIpv6IsASocketException() throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("--")) {
        command.add(argument);
      }
    }
    command.add("-ea");
    command.add("-Djava.net.preferIPv4Stack=true");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Program.class.getName());
    var errors = File.createTempFile("ipv4", ".log");
    errors.deleteOnExit();
    var process = new ProcessBuilder(command).redirectError(errors).start();
    String output;
    try (var reader = process.inputReader()) {
      output = reader.readAllAsString();
    }
    assertEquals(0, process.waitFor(), output);
    String once =
        """
        listenPacket SocketException
        dialPacket SocketException
        send SocketException
        dial SocketException
        listen SocketException
        received 3
        """;
    assertEquals(once + once, output);
  }
}
