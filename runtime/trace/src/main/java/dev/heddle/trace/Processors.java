package dev.heddle.trace;

import java.util.Map;
import java.util.TreeMap;

/**
 * What each processor did: how busy it was, from which it stole, how often its work was handed off.
 */
final class Processors {
  /** Spare processors come and go; numbers beyond this share the last row. */
  private static final int MAX_PROCESSORS = 4096;

  private final Map<Integer, Row> rows = new TreeMap<>();

  /** The account of one processor. */
  static final class Row {
    final int processor;
    long carrierId = -1;
    long slices;
    long runNanos;
    long idleNanos;
    long pollerNanos;
    long polls;
    long stolen;
    long stolenFrom;
    long handoffs;
    long overflows;

    Row(int processor) {
      this.processor = processor;
    }

    double utilisation(long spanNanos) {
      return spanNanos <= 0 ? 0 : Math.min(1, runNanos / (double) spanNanos);
    }
  }

  void add(TraceEvent event) {
    switch (event) {
      case TraceEvent.Slice s -> {
        Row row = row(s.processor());
        row.slices++;
        // What it ran before the recording began does not count for this span.
        row.runNanos += s.runNanos() + Math.min(0, s.startNanos());
        row.carrierId = s.carrierId() >= 0 ? s.carrierId() : row.carrierId;
      }
      case TraceEvent.Idle i -> {
        Row row = row(i.processor());
        if (i.inPoller()) {
          row.pollerNanos += i.idleNanos();
        } else {
          row.idleNanos += i.idleNanos();
        }
      }
      case TraceEvent.Poll p -> {
        if (p.processor() >= 0) {
          row(p.processor()).polls++;
        }
      }
      case TraceEvent.Steal s -> {
        row(s.thief()).stolen += s.tasks();
        row(s.victim()).stolenFrom += s.tasks();
      }
      case TraceEvent.Handoff h -> row(h.from()).handoffs++;
      case TraceEvent.Overflow o -> row(o.processor()).overflows += o.tasks();
      default -> {}
    }
  }

  private Row row(int place) {
    int excess = Math.max(0, Places.processor(place) - MAX_PROCESSORS);
    return rows.computeIfAbsent(place - excess, Row::new);
  }

  Iterable<Row> rows() {
    return rows.values();
  }

  int size() {
    return rows.size();
  }
}
