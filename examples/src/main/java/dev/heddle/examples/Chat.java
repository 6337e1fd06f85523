package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;

/**
 * A chat room, to show two tasks for each connection with an ordinary {@link BlockingQueue} between
 * them.
 *
 * <p>Run {@code ./heddle run chat}, then {@code nc 127.0.0.1 8080} in two terminals.
 */
@Command(name = "chat", description = "a room: what one types, all others see")
final class Chat extends Example {
  /** How much may wait for a guest who reads slowly; whoever falls further behind is shown out. */
  private static final int BACKLOG = 256;

  private final Set<Guest> guests = ConcurrentHashMap.newKeySet();

  private record Guest(Conn conn, BlockingQueue<ByteBuffer> news) {}

  @Override
  void serve(Heddle heddle, Listener listener) throws IOException {
    while (true) {
      var guest = new Guest(listener.accept(), new ArrayBlockingQueue<>(BACKLOG));
      guests.add(guest);
      var speaker = heddle.go("speak", () -> speak(guest));
      heddle.go("listen", () -> listen(guest, speaker));
    }
  }

  /** Hands on what the guest types, until it leaves. */
  private void listen(Guest guest, Thread speaker) throws IOException {
    try (var conn = guest.conn) {
      var typed = ByteBuffer.allocate(4096);
      while (conn.read(typed.clear()) >= 0) {
        var news =
            ByteBuffer.allocate(typed.flip().remaining()).put(typed).flip().asReadOnlyBuffer();
        for (var other : guests) {
          if (other != guest && !other.news.offer(news.duplicate())) {
            other.conn.close(); // ends its two tasks
          }
        }
      }
    } finally {
      guests.remove(guest);
      speaker.interrupt();
    }
  }

  /** Tells the guest what the others type. */
  private static void speak(Guest guest) throws IOException {
    try {
      while (true) {
        guest.conn.write(guest.news.take());
      }
    } catch (InterruptedException e) {
      // the guest has left
    }
  }
}
