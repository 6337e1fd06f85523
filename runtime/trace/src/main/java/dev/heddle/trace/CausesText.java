package dev.heddle.trace;

import java.util.List;
import java.util.Locale;

/** Says in words what delayed tasks most: the first lines of the summary. */
final class CausesText {
  private static final int SHOWN = 6;
  private static final double BUSY_MACHINE = 0.85;
  private static final double WORTH_SAYING = 0.05;

  private CausesText() {}

  /** The lines; what is not an incident says so too. */
  static String of(List<Incident> incidents, Machine machine) {
    var out = new StringBuilder();
    out.append("\nWhat delayed tasks most\n");
    List<Incident> named =
        incidents.stream().filter(i -> i.key.kind() != Incident.Kind.SYSTEM).toList();
    if (named.isEmpty()) {
      out.append("  nothing of the program's own\n");
    }
    int number = 0;
    for (Incident incident : named.subList(0, Math.min(SHOWN, named.size()))) {
      incident(out, ++number, incident);
    }
    if (named.size() > SHOWN) {
      out.append("  … and ").append(named.size() - SHOWN).append(" more (see --json)\n");
    }
    system(out, incidents, machine);
    return out.toString();
  }

  private static void incident(StringBuilder out, int number, Incident incident) {
    out.append(
        String.format(
            Locale.ROOT,
            "%3d. %s%n       %s of %s%s%s, worst %s at %s%n",
            number,
            headline(incident),
            SummaryText.number(incident.times()) + (incident.times() == 1 ? " delay" : " delays"),
            Durations.text(incident.totalNanos() / Math.max(1, incident.times())),
            incident.times() == 1 ? "" : " on the average",
            victims(incident),
            Durations.text(incident.worstNanos()),
            Durations.moment(incident.worstAtNanos())));
    for (String line : incident.details(detailLines(incident))) {
      out.append("       ").append(line).append('\n');
    }
  }

  private static int detailLines(Incident incident) {
    return switch (incident.key.kind()) {
      case QUEUE, TIMERS, PEER -> 1;
      default -> 2;
    };
  }

  private static String victims(Incident incident) {
    List<String> names = incident.victims(2);
    String tasks = incident.tasks() == 1 ? "" : SummaryText.number(incident.tasks()) + " tasks ";
    return names.equals(List.of("everything")) || names.equals(List.of("connections"))
        ? ""
        : ", " + tasks + "named " + String.join(", ", names);
  }

  static String headline(Incident incident) {
    String what = incident.key.what();
    return switch (incident.key.kind()) {
      case LOCK -> "lock: " + what;
      case BOTTLENECK -> "bottleneck: tasks waited for one task, " + what;
      case HOG -> "hog: " + what + " computed for long and kept a processor";
      case BLOCKING_CALL -> "blocking call: " + what + " held its carrier";
      case QUEUE -> "queue: tasks waited behind many named " + what;
      case TIMERS -> "timers: many timers were due at once, their tasks named " + what;
      case PAUSE -> what + ": stopped all tasks";
      case PEER -> "slow peer: " + what;
      case DESCRIPTORS -> "too few descriptors: accept paused, on " + what;
      case SYSTEM -> "operating system: " + what;
    };
  }

  private static void system(StringBuilder out, List<Incident> incidents, Machine machine) {
    long delayed = 0;
    for (Incident incident : incidents) {
      if (incident.key.kind() == Incident.Kind.SYSTEM) {
        delayed += incident.totalNanos();
      }
    }
    double wanted = machine.ranNanos() + machine.preemptedNanos();
    double share = wanted == 0 ? 0 : machine.preemptedNanos() / wanted;
    if (share > WORTH_SAYING || delayed > 0) {
      out.append(
          String.format(
              Locale.ROOT,
              "  operating system: it kept the carriers waiting for a CPU for %.0f %% of the time"
                  + " they had something to run%s%s%n",
              100 * share,
              delayed == 0 ? "" : ", which delayed tasks by " + Durations.text(delayed) + " in all",
              machine.machineLoad() > BUSY_MACHINE ? " (the machine was busy)" : ""));
    }
    if (machine.throttledNanos() > 0) {
      out.append("  container: it was throttled for ")
          .append(Durations.text(machine.throttledNanos()))
          .append('\n');
    }
  }
}
