package dev.heddle.stress;

import dev.heddle.scheduler.Nanos;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * The table: a line per suite as soon as it has ended; below what was wrong and how to repeat it.
 */
final class Table {
  private static final String FORM = "%-18s %14s %12s %9s %9s %9s %9s %10s %10s%n";

  private Table() {}

  static void head(PrintStream out) {
    out.printf(
        FORM,
        "suite",
        "operations",
        "per second",
        "p50",
        "p99",
        "p99.9",
        "max",
        "errors",
        "violations");
  }

  static void line(PrintStream out, Result result) {
    out.printf(
        FORM,
        result.suite(),
        String.format(Locale.ROOT, "%,d", result.operations()),
        String.format(Locale.ROOT, "%,.0f", result.rate()),
        latency(result, 50),
        latency(result, 99),
        latency(result, 99.9),
        latency(result, 100),
        String.format(Locale.ROOT, "%,d", result.errors()),
        String.format(Locale.ROOT, "%,d", result.violations()));
  }

  /** What does not fit into lines: notes, violations and how to repeat them. */
  static void rest(PrintStream out, List<Result> results) {
    for (var result : results) {
      result
          .notes()
          .forEach((name, value) -> out.printf("%s: %s: %s%n", result.suite(), name, value));
    }
    for (var result : results) {
      if (!result.passed()) {
        out.println();
        out.println(result.suite() + ": " + result.violations() + " violations");
        result.violationTexts().forEach(text -> out.println("  " + text));
        result.dumps().forEach(file -> out.println("  written: " + file));
        out.println("  again: " + result.command());
      }
    }
  }

  private static String latency(Result result, double percentile) {
    return result.timed() ? Nanos.format(result.percentile(percentile)) : "-";
  }
}
