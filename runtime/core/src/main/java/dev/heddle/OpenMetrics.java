package dev.heddle;

import dev.heddle.Metric.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Figures in the text format of OpenMetrics 1.0, which Prometheus and others scrape. */
final class OpenMetrics {
  private static final double EXACT = 1L << 53; // below it a double holds every whole number

  private OpenMetrics() {}

  /** Figures of one name must follow each other. */
  static String text(List<Metric> figures) {
    var text = new StringBuilder();
    String family = "";
    for (Metric figure : figures) {
      if (!figure.name().equals(family)) {
        family = figure.name();
        String kind = figure.kind() == Kind.COUNTER ? " counter\n" : " gauge\n";
        text.append("# TYPE ").append(family).append(kind);
        if (family.endsWith("_seconds")) {
          text.append("# UNIT ").append(family).append(" seconds\n");
        }
        text.append("# HELP ").append(family).append(' ').append(escaped(figure.help()));
        text.append('\n');
      }
      text.append(family).append(figure.kind() == Kind.COUNTER ? "_total" : "");
      labels(text, figure.labels());
      text.append(' ').append(number(figure.value())).append('\n');
    }
    return text.append("# EOF\n").toString();
  }

  private static void labels(StringBuilder text, Map<String, String> labels) {
    char before = '{';
    for (var label : new TreeMap<>(labels).entrySet()) {
      text.append(before).append(label.getKey()).append("=\"");
      text.append(escaped(label.getValue())).append('"');
      before = ',';
    }
    text.append('}');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
  }

  /** Whole numbers without a point or an exponent. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
