package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ChatTest {
  private static Local chat;

  @BeforeAll
  static void start() {
    chat = Local.server(Chat.HELP, Chat::run);
  }

  @AfterAll
  static void end() {
    chat.close();
  }

  /** A guest who runs a client of others, in a room of its own test. */
  private static final class Guest implements AutoCloseable {
    final Process process;
    final BufferedReader hears;
    final OutputStream says;
    final String name;

    Guest(String name, String room, String... client) throws IOException {
      this.name = name;
      process = new ProcessBuilder(client).start();
      hears = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      says = process.getOutputStream();
      say("/nick " + name);
      say("/join " + room);
    }

    static Guest joined(String name, String room) throws IOException {
      var guest = new Guest(name, room, "ncat", "127.0.0.1", chat.port());
      guest.until("* " + name + " has joined " + room);
      return guest;
    }

    void say(String line) throws IOException {
      says.write((line + "\n").getBytes(UTF_8));
      says.flush();
    }

    /** Reads to a line; the lines before it. */
    List<String> until(String line) throws IOException {
      var before = new ArrayList<String>();
      for (var next = hears.readLine(); !line.equals(next); next = hears.readLine()) {
        assertNotNull(next, before::toString);
        before.add(next);
      }
      return before;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void guestsOfARoomHearEachOtherAndNoOtherRoom() throws Exception {
    Programs.require("ncat");
    try (var anna = Guest.joined("anna", "loom");
        var ben = Guest.joined("ben", "loom");
        var cleo = Guest.joined("cleo", "spindle")) {
      anna.until("* ben has joined loom");
      cleo.say("nobody here");
      ben.say("h\u00e4llo \u001b[31mred\u0007");
      anna.say("hello");
      assertEquals(List.of(), anna.until("<ben> h\u00e4llo [31mred"));
      assertEquals(List.of(), ben.until("<anna> hello"));
      ben.say("/quit");
      assertEquals(List.of(), anna.until("* ben has left"));
      cleo.say("/join loom");
      assertEquals(List.of(), anna.until("* cleo has joined loom"));
    }
  }

  @Test
  void nameOfAnotherOrOfTwoWordsIsRefused() throws Exception {
    Programs.require("ncat");
    try (var dora = Guest.joined("dora", "attic");
        var emil = Guest.joined("emil", "attic")) {
      emil.say("/nick dora");
      emil.until("* somebody is called dora");
      emil.say("/nick two words");
      emil.until("* try /nick NAME, /join ROOM, /who, /quit");
      dora.say("/who");
      dora.until("* emil is in attic");
    }
  }

  @Test
  void allOfTwoHundredGuestsHearTheSameLinesInTheSameOrder() throws Exception {
    Programs.require("socat");
    int count = 200;
    var guests = new ArrayList<Guest>();
    try {
      for (int i = 0; i < count; i++) {
        guests.add(new Guest("g" + i, "hall", "socat", "-", "TCP:" + chat.address()));
      }
      for (var guest : guests) {
        guest.until("* " + guest.name + " has joined hall");
      }
      var said = new ArrayList<String>();
      for (int i = 1; i < count; i += 10) { // at the same time, so the server has to order them
        guests.get(i).say("line of " + i);
        said.add("<g" + i + "> line of " + i);
      }
      var first = guests.getFirst();
      var heard = new ArrayList<String>();
      while (heard.size() < said.size()) {
        var line = first.hears.readLine();
        if (line.startsWith("<")) {
          heard.add(line);
        }
      }
      assertEquals(said.stream().sorted().toList(), heard.stream().sorted().toList());
      first.say("the end");
      for (int i = 2; i < count; i += 7) {
        if (i % 10 != 1) {
          var lines = guests.get(i).until("<g0> the end");
          lines.removeIf(line -> !line.startsWith("<"));
          assertEquals(heard, lines, "guest " + i);
        }
      }
    } finally {
      guests.forEach(Guest::close);
    }
  }

  @Test
  void guestWhoReadsNothingIsShownOutAndHoldsUpNobody() throws Exception {
    Programs.require("ncat");
    try (var slow = new Socket();
        var talker = Guest.joined("talker", "stage");
        var listener = Guest.joined("listener", "stage")) {
      slow.setReceiveBufferSize(4096); // before connecting, so that the window stays small
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
      slow.getOutputStream().write("/nick slow\n/join stage\n".getBytes(UTF_8));
      talker.until("* slow has joined stage");
      var line = "x".repeat(1000);
      var lines = (line + "\n").repeat(500).strip(); // fewer than may wait for a guest
      boolean left = false;
      for (int i = 0; !left; i++) { // until what the kernel holds for the slow one is full as well
        assertTrue(i < 1000, "never shown out");
        talker.say(lines);
        for (int n = 0; n < 500; ) {
          var heard = listener.hears.readLine();
          n += heard.equals("<talker> " + line) ? 1 : 0;
          left |= heard.equals("* slow has left");
        }
      }
      assertEndsWithin(slow.getInputStream(), 1 << 28);
    }
  }

  private static int port() {
    return Integer.parseInt(chat.port());
  }

  private static void assertEndsWithin(java.io.InputStream in, long bytes) throws IOException {
    try {
      assertTrue(in.skip(bytes) < bytes);
    } catch (SocketException e) {
      // a reset is an end as well
    }
  }

  @Test
  void lineWithoutAnEndIsNotKept() throws Exception {
    try (var client = chat.connect()) {
      client.getOutputStream().write("x".repeat(5000).getBytes(UTF_8));
      Reader reader = new InputStreamReader(client.getInputStream(), UTF_8);
      var text = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        text.append((char) c);
      }
      assertTrue(text.toString().startsWith("* you are guest"), text.toString());
    } catch (SocketException e) {
      // reset, as bytes were left unread
    }
  }
}
