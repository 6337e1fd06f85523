package dev.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Metric.Kind;
import dev.heddle.netio.ServeOptions;
import dev.heddle.testing.Waits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The figures of a runtime, and their text for scrapers. */
final class OpenMetricsTest {
  private static final String TYPE = "# TYPE ";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)\\{(?:[a-z]+=\"[^\"\\n]*\",?)+} (-?[0-9.E-]+)");

  @Test
  void aFigureIsALineAfterTheLinesOfItsFamily() {
    var figures =
        List.of(
            new Metric("a_tasks", Kind.GAUGE, "Tasks", Map.of("state", "park", "by", "x"), 2),
            new Metric("a_tasks", Kind.GAUGE, "Tasks", Map.of("state", "sleep", "by", "x"), 0),
            new Metric("a_wait_seconds", Kind.GAUGE, "Waits", Map.of("by", "x"), 0.0025),
            new Metric("a_steals", Kind.COUNTER, "Steals", Map.of("by", "x"), 1e12));
    assertEquals(
        """
        # TYPE a_tasks gauge
        # HELP a_tasks Tasks
        a_tasks{by="x",state="park"} 2
        a_tasks{by="x",state="sleep"} 0
        # TYPE a_wait_seconds gauge
        # UNIT a_wait_seconds seconds
        # HELP a_wait_seconds Waits
        a_wait_seconds{by="x"} 0.0025
        # TYPE a_steals counter
        # HELP a_steals Steals
        a_steals_total{by="x"} 1000000000000
        # EOF
        """,
        OpenMetrics.text(figures));
  }

  @Test
  void whatWouldEndALineOrALabelIsEscaped() {
    var figure = new Metric("a", Kind.GAUGE, "one\ntwo", Map.of("runtime", "say \"x\\y\"\n"), 1);
    String text = OpenMetrics.text(List.of(figure));
    assertTrue(text.contains("# HELP a one\\ntwo\n"), text);
    assertTrue(text.contains("a{runtime=\"say \\\"x\\\\y\\\"\\n\"} 1\n"), text);
  }

  @Test
  void allFiguresOfARuntimeAreThereOnceWithItsName() {
    try (var heddle = Heddle.builder().name("figures").processors(1).start()) {
      String text = heddle.openMetrics();
      assertTrue(text.endsWith("\n# EOF\n"), text);
      var families = new HashSet<String>();
      for (String line : text.lines().toList()) {
        if (line.startsWith(TYPE)) {
          assertTrue(
              families.add(line.substring(TYPE.length(), line.lastIndexOf(' '))), "twice: " + line);
        } else if (!line.startsWith("#")) {
          var sample = SAMPLE.matcher(line);
          assertTrue(sample.matches(), line);
          assertTrue(families.contains(sample.group(1).replaceAll("_total$", "")), line);
          assertTrue(line.contains("runtime=\"figures\""), line);
        }
      }
      assertTrue(families.contains("heddle_tasks_live"), text);
    }
  }

  @Test
  void whatServersCountIsThereAndStaysWhenTheyHaveEnded() throws Exception {
    try (var heddle = Heddle.builder().name("served").start()) {
      var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var address = (InetSocketAddress) listener.localAddress();
      var server =
          heddle.serve(
              listener,
              conn -> {
                var buffer = ByteBuffer.allocate(100);
                if (conn.read(buffer) >= 0) {
                  conn.write(buffer.flip());
                  conn.write(ByteBuffer.wrap(new byte[] {'!'}));
                }
              },
              ServeOptions.DEFAULT.withMaxConnections(1).withRefusing(true));
      try (var client = new Socket(address.getAddress(), address.getPort())) {
        client.getOutputStream().write("hello".getBytes(US_ASCII));
        assertEquals("hello!", new String(client.getInputStream().readNBytes(6), US_ASCII));
        new Socket(address.getAddress(), address.getPort()).close();
        awaitLine(
            heddle, "heddle_server_refused_total{limit=\"connections\",runtime=\"served\"} 1");
        awaitLine(heddle, "heddle_server_connections{runtime=\"served\",state=\"dormant\"} 1");
        awaitLine(heddle, "heddle_server_connections{runtime=\"served\",state=\"working\"} 0");
        awaitLine(heddle, "heddle_server_accepted_total{runtime=\"served\"} 2");
      }
      server.close();
      awaitLine(heddle, "heddle_server_connections{runtime=\"served\",state=\"dormant\"} 0");
      String text = heddle.openMetrics();
      for (String line :
          List.of(
              "heddle_server_accepted_total{runtime=\"served\"} 2",
              "heddle_server_refused_total{limit=\"connections\",runtime=\"served\"} 1",
              "heddle_server_refused_total{limit=\"source\",runtime=\"served\"} 0",
              "heddle_server_ended_total{cause=\"failure\",runtime=\"served\"} 0",
              "heddle_server_received_bytes_total{runtime=\"served\"} 5",
              "heddle_server_sent_bytes_total{runtime=\"served\"} 6",
              "heddle_queued_write_bytes{runtime=\"served\"} 0")) {
        assertTrue(text.contains(line + "\n"), () -> line + " is not in " + text);
      }
    }
  }

  private static void awaitLine(Heddle heddle, String line) {
    Waits.until(line, () -> heddle.openMetrics().contains(line + "\n"));
  }

  @Test
  void figuresComeInTheSameOrderEachTime() {
    try (var heddle = Heddle.builder().processors(2).start()) {
      var before = heddle.figures();
      for (int i = 0; i < 100; i++) {
        heddle.go(() -> Thread.sleep(1));
      }
      var after = heddle.figures();
      assertEquals(before.size(), after.size());
      for (int i = 0; i < before.size(); i++) {
        assertEquals(before.get(i).name(), after.get(i).name());
        assertEquals(before.get(i).labels(), after.get(i).labels());
      }
    }
  }
}
