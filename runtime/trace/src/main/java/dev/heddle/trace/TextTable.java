package dev.heddle.trace;

import java.util.ArrayList;
import java.util.List;

/** Lines up cells in columns: the first to the left, numbers to the right. */
public final class TextTable {
  private static final String GAP = "  ";

  private final String[] header;
  private final List<String[]> rows = new ArrayList<>();

  /** Begins a table. */
  public TextTable(String... header) {
    this.header = header;
  }

  /** Adds a row, with as many cells as the header. */
  public TextTable row(String... cells) {
    if (cells.length != header.length) {
      throw new IllegalArgumentException(cells.length + " cells for " + header.length + " columns");
    }
    rows.add(cells);
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void appendTo(StringBuilder out) {
    int[] widths = new int[header.length];
    widen(widths, header);
    rows.forEach(row -> widen(widths, row));
    line(out, widths, header);
    rows.forEach(row -> line(out, widths, row));
  }

  @Override
  public String toString() {
    var out = new StringBuilder();
    appendTo(out);
    return out.toString();
  }

  private static void widen(int[] widths, String[] cells) {
    for (int i = 0; i < cells.length; i++) {
      widths[i] = Math.max(widths[i], cells[i].length());
    }
  }

  private static void line(StringBuilder out, int[] widths, String[] cells) {
    int begin = out.length();
    out.append(GAP);
    for (int i = 0; i < cells.length; i++) {
      String pad = " ".repeat(widths[i] - cells[i].length());
      out.append(i == 0 ? cells[i] + pad : GAP + pad + cells[i]);
    }
    int end = out.length();
    while (end > begin && out.charAt(end - 1) == ' ') {
      end--;
    }
    out.setLength(end);
    out.append('\n');
  }
}
