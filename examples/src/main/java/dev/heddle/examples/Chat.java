package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnReader;
import dev.heddle.netio.FrameReader;
import dev.heddle.netio.FrameTooLongException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/**
 * Chat rooms: two tasks for each guest, one that listens and one that speaks, with an ordinary
 * {@link BlockingQueue} between them.
 *
 * <p>All in a room see the same lines in the same order. No guest waits for one that reads slowly:
 * a guest for whom more than {@link #BACKLOG} lines wait is shown out.
 *
 * <pre>
 * ./heddle run chat
 * ncat 127.0.0.1 8080           in two terminals; /nick anna, /join garden, /who, /quit
 * </pre>
 */
final class Chat {
  static final String HELP =
      "chat: rooms; what a guest types, all others there see\n" + Options.LISTEN;

  private static final int BACKLOG = 1000;
  private static final int LONGEST_LINE = 1024;

  private final Set<Guest> guests = new LinkedHashSet<>(); // guarded by this
  private int numbers; // guarded by this

  /** Name and room are guarded by the chat. */
  private static final class Guest {
    final Conn conn;
    final BlockingQueue<ByteBuffer> news = new ArrayBlockingQueue<>(BACKLOG);
    String name = "";
    String room = "lobby";

    Guest(Conn conn) {
      this.conn = conn;
    }

    void hear(String line) {
      if (!news.offer(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)))) {
        try {
          conn.close(); // ends its two tasks
        } catch (IOException e) {
          // it is out of the way all the same
        }
      }
    }
  }

  private Chat() {}

  public static void main(String... args) {
    System.exit(Options.run(HELP, Chat::run, args));
  }

  static void run(Options options) throws IOException {
    var chat = new Chat();
    try (var heddle = options.start()) {
      var listener = heddle.listen(options.listenAddress());
      heddle.go(
          "accept",
          () -> {
            while (true) {
              var guest = new Guest(listener.accept());
              heddle.go("listen", () -> chat.host(heddle, guest));
            }
          });
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  private void host(Heddle heddle, Guest guest) throws IOException {
    var speaker = heddle.go("speak", () -> speak(guest));
    var lines = FrameReader.lines(new ConnReader(guest.conn, LONGEST_LINE));
    try (guest.conn) {
      welcome(guest);
      for (ByteBuffer line; (line = lines.read()) != null; ) {
        var text = UTF_8.decode(line).toString().replaceAll("\\p{Cntrl}", ""); // terminals obey it
        if (text.equals("/quit")) {
          return;
        }
        take(guest, text, text.replaceFirst("^/\\w+ *", ""));
      }
    } catch (EOFException | FrameTooLongException e) {
      // left in the middle of a line, or types without an end
    } finally {
      leave(guest);
      speaker.interrupt();
    }
  }

  /** Sends the guest what others say, all that waits in one write. */
  private static void speak(Guest guest) throws IOException {
    var waiting = new ArrayList<ByteBuffer>();
    try {
      while (true) {
        waiting.add(guest.news.take());
        guest.news.drainTo(waiting);
        guest.conn.write(waiting.toArray(ByteBuffer[]::new));
        waiting.clear();
      }
    } catch (InterruptedException e) {
      // the guest has left
    }
  }

  private synchronized void welcome(Guest guest) {
    guest.name = "guest" + ++numbers;
    guests.add(guest);
    guest.hear("* you are " + guest.name + "; /nick NAME, /join ROOM, /who, /quit");
    tell(guest, guest.name + " has joined " + guest.room);
  }

  private synchronized void leave(Guest guest) {
    guests.remove(guest);
    tell(guest, guest.name + " has left");
  }

  private synchronized void take(Guest guest, String text, String word) {
    if (text.startsWith("/nick ") && isWord(word)) {
      if (guests.stream().anyMatch(other -> other.name.equals(word))) {
        guest.hear("* somebody is called " + word);
      } else {
        tell(guest, guest.name + " is now " + word);
        guest.name = word;
      }
    } else if (text.startsWith("/join ") && isWord(word)) {
      tell(guest, guest.name + " has gone to " + word);
      guest.room = word;
      tell(guest, guest.name + " has joined " + word);
    } else if (text.equals("/who")) {
      guests.forEach(other -> guest.hear("* " + other.name + " is in " + other.room));
    } else if (text.startsWith("/")) {
      guest.hear("* try /nick NAME, /join ROOM, /who, /quit");
    } else {
      var line = "<" + guest.name + "> " + text;
      in(guest.room).filter(other -> other != guest).forEach(other -> other.hear(line));
    }
  }

  private static boolean isWord(String word) {
    return word.matches("[\\p{L}\\p{N}_-]{1,20}");
  }

  private void tell(Guest guest, String event) {
    in(guest.room).forEach(other -> other.hear("* " + event));
  }

  private Stream<Guest> in(String room) {
    return guests.stream().filter(guest -> guest.room.equals(room));
  }
}
