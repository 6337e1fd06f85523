package dev.heddle.stress.diagnose;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.stress.SiblingJvm;
import dev.heddle.trace.TraceRecorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * The process of a planted server: answers requests, records a trace when it is told to, and ends
 * when its input does.
 *
 * <p>It prints {@link SiblingJvm#READY} and its port. A line of input is the name of the recording
 * to begin, the next one ends it.
 */
public final class PlantedServer {
  /** What ends the recording and the process; the end of its input does so too. */
  static final String END = "end";

  private PlantedServer() {}

  /** Arguments: plant, whether healthy, named pipes to read and to write, ports of backends. */
  public static void main(String[] args) throws Exception {
    Plant plant = Plants.named(args[0]);
    List<Integer> backends = new ArrayList<>();
    for (String port : List.of(args).subList(4, args.length)) {
      backends.add(Integer.valueOf(port));
    }
    try (var heddle = Heddle.builder().processors(2).name("server").start()) {
      var server =
          new Plant.Server(
              heddle,
              Boolean.parseBoolean(args[1]),
              List.copyOf(backends),
              args[2],
              args[3],
              new CountDownLatch(1));
      var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      heddle.go("acceptor", () -> accept(listener, plant, server));
      plant.start(server);
      System.out.println(SiblingJvm.READY);
      System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
      recordAsTold(server);
    }
    System.exit(0); // Some plants hold carriers for ever.
  }

  private static void recordAsTold(Plant.Server server) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String file = lines.readLine();
    if (file == null) {
      return;
    }
    try (var _ = TraceRecorder.start(Path.of(file))) {
      server.recording().countDown();
      System.out.println("recording");
      lines.readLine(); // END, or the end of input
    }
    System.out.println("recorded");
  }

  private static void accept(Listener listener, Plant plant, Plant.Server server)
      throws IOException {
    for (int i = 0; ; i++) {
      Conn conn = Objects.requireNonNull(listener.accept());
      server.heddle().go("conn-" + i, () -> converse(conn, plant, server));
    }
  }

  private static void converse(Conn conn, Plant plant, Plant.Server server)
      throws IOException, InterruptedException {
    try (conn;
        var desk = plant.open(server)) {
      var message = ByteBuffer.allocate(Load.MESSAGE_BYTES);
      while (read(conn, message.clear())) {
        desk.serve(message.getLong(0));
        conn.write(message.flip());
      }
    }
  }

  private static boolean read(Conn conn, ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      if (conn.read(message) < 0) {
        return false;
      }
    }
    return true;
  }
}
