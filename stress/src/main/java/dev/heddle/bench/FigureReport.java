package dev.heddle.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.trace.TextTable;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;

/** Figures of the two schedulers side by side, as a table of medians, and as JSON with each one. */
final class FigureReport {
  private final String name;
  private final List<Figure> figures;

  FigureReport(String name, List<Figure> figures) {
    this.name = name;
    this.figures = List.copyOf(figures);
  }

  /** What a row shows. */
  private record Row(String what, String unit, int processors) {
    static Row of(Figure figure) {
      return new Row(figure.sample().what(), figure.sample().unit(), figure.processors());
    }
  }

  String table() {
    var table =
        new TextTable(name, "processors", "heddle", "min-max", "stock", "min-max", "", "ratio");
    var rows = new LinkedHashSet<Row>();
    figures.forEach(figure -> rows.add(Row.of(figure)));
    for (var row : rows) {
      var heddle = values(row, Tasks.HEDDLE);
      var stock = values(row, Tasks.STOCK);
      table.row(
          row.what(),
          Integer.toString(row.processors()),
          Numbers.text(Numbers.median(heddle), 1),
          range(heddle),
          Numbers.text(Numbers.median(stock), 1),
          range(stock),
          row.unit(),
          Numbers.text(Numbers.median(heddle) / Numbers.median(stock), 2));
    }
    return table.toString();
  }

  private double[] values(Row row, String scheduler) {
    return figures.stream()
        .filter(figure -> figure.scheduler().equals(scheduler) && Row.of(figure).equals(row))
        .mapToDouble(figure -> figure.sample().value())
        .sorted()
        .toArray();
  }

  private static String range(double[] sorted) {
    return sorted.length == 0
        ? "-"
        : Numbers.text(sorted[0], 1) + "-" + Numbers.text(sorted[sorted.length - 1], 1);
  }

  void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    json.writeArrayFieldStart("figures");
    for (var figure : figures) {
      json.writeStartObject();
      json.writeStringField("what", figure.sample().what());
      json.writeStringField("scheduler", figure.scheduler());
      json.writeNumberField("processors", figure.processors());
      json.writeNumberField("round", figure.round());
      json.writeNumberField("value", figure.sample().value());
      json.writeStringField("unit", figure.sample().unit());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
