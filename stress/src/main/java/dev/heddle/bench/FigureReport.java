package dev.heddle.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.bench.tasks.Tasks;
import dev.heddle.trace.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Figures of the schedulers side by side, as a table of medians, and as JSON with each one. */
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
    var others = others();
    var headings = new ArrayList<>(List.of(name, "processors", Tasks.HEDDLE, "min-max"));
    others.forEach(other -> headings.addAll(List.of(other, "min-max")));
    headings.add("");
    others.forEach(other -> headings.add(others.size() == 1 ? "ratio" : "ratio to " + other));
    var table = new TextTable(headings.toArray(String[]::new));
    var rows = new LinkedHashSet<Row>();
    figures.forEach(figure -> rows.add(Row.of(figure)));
    for (var row : rows) {
      var heddle = values(row, Tasks.HEDDLE);
      var cells = new ArrayList<>(List.of(row.what(), Integer.toString(row.processors())));
      cells.addAll(List.of(Numbers.text(Numbers.median(heddle), 1), range(heddle)));
      for (var other : others) {
        var values = values(row, other);
        cells.addAll(List.of(Numbers.text(Numbers.median(values), 1), range(values)));
      }
      cells.add(row.unit());
      for (var other : others) {
        double ratio = Numbers.median(heddle) / Numbers.median(values(row, other));
        cells.add(Numbers.text(ratio, 2));
      }
      table.row(cells.toArray(String[]::new));
    }
    return table.toString();
  }

  /** Those that ours is compared with: the stock one, also if no round was finished. */
  private Set<String> others() {
    var others = new LinkedHashSet<>(List.of(Tasks.STOCK));
    figures.forEach(figure -> others.add(figure.scheduler()));
    others.remove(Tasks.HEDDLE);
    return others;
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
