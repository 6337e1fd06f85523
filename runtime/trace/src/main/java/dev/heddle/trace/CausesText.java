package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import java.util.List;
import java.util.Locale;

/** Lays out what delayed tasks most: the first lines of the summary. */
final class CausesText {
  private static final int SHOWN = 6;

  private CausesText() {}

  /** The lines; where nothing delayed tasks, one says so. */
  static String of(Causes.Report report) {
    var out = new StringBuilder();
    out.append("\nWhat delayed tasks most\n");
    List<Cause> causes = report.causes();
    if (causes.isEmpty()) {
      out.append("  nothing of the program's own\n");
    }
    int number = 0;
    for (Cause cause : causes.subList(0, Math.min(SHOWN, causes.size()))) {
      out.append(String.format(Locale.ROOT, "%3d. %s%n", ++number, cause.headline()));
      out.append("       ").append(cause.extent()).append('\n');
      cause.details().forEach(line -> out.append("       ").append(line).append('\n'));
    }
    if (causes.size() > SHOWN) {
      out.append("  … and ").append(causes.size() - SHOWN).append(" more (see --json)\n");
    }
    for (Cause cause : report.atStart()) {
      out.append("  only as the recording began, which delays tasks itself: ")
          .append(cause.headline())
          .append(" (")
          .append(Nanos.format(cause.totalNanos()))
          .append(")\n");
    }
    report.system().lines().forEach(line -> out.append("  ").append(line).append('\n'));
    return out.toString();
  }
}
