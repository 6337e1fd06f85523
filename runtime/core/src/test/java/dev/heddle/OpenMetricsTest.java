package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Metric.Kind;
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
