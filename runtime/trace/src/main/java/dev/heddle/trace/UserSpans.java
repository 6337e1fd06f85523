package dev.heddle.trace;

import dev.heddle.scheduler.Nanos;
import dev.heddle.trace.TraceEvent.UserSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The spans that the program marked: how long those of each name took, where their time went, and
 * the slowest with what was in them.
 */
final class UserSpans {
  private static final int MAX_NAMES = 500;
  private static final int MAX_PARENTS = 20_000;
  private static final int MAX_LINES = 12;
  private static final int SHOWN = 5;
  private static final String REST = "(other names)";

  private final Map<String, Row> rows = new HashMap<>();
  private final Longest<Kept> slowest = new Longest<>(SHOWN, kept -> kept.span.spanNanos());

  /**
   * What is known of the parts of spans, of the youngest only. Parts may come after their span:
   * carriers commit events to buffers of their own, which are written in turn.
   */
  private final Map<Long, List<Part>> parts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<Part>> eldest) {
          return size() > MAX_PARENTS;
        }
      };

  private record Part(long atNanos, String line) {}

  /** A span, and the list of its parts while that grows. */
  private record Kept(UserSpan span, List<Part> own) {}

  /** All spans of one name. */
  static final class Row {
    final String name;
    final Spread nanos = new Spread(3);
    long runningNanos;
    long runnableNanos;
    long networkNanos;
    long blockedNanos;
    long asleepNanos;

    Row(String name) {
      this.name = name;
    }

    /** What is known of where the time went. */
    double accountedNanos() {
      return (double) runningNanos + runnableNanos + networkNanos + blockedNanos + asleepNanos;
    }
  }

  /**
   * A span among the slowest.
   *
   * @param parts its lines, and the spans in it
   */
  record Slow(UserSpan span, List<String> parts) {}

  void add(TraceEvent event) {
    switch (event) {
      case UserSpan span -> span(span);
      case TraceEvent.SpanLog log -> part(log.spanId(), log.startNanos(), log.message());
      default -> {}
    }
  }

  private void span(UserSpan span) {
    Row row = rows.get(span.spanName());
    if (row == null) {
      String name = rows.size() < MAX_NAMES ? span.spanName() : REST;
      row = rows.computeIfAbsent(name, Row::new);
    }
    row.nanos.add(span.spanNanos());
    if (span.isAccounted()) {
      row.runningNanos += span.runningNanos();
      row.runnableNanos += span.runnableNanos();
      row.networkNanos += span.networkNanos();
      row.blockedNanos += span.blockedNanos();
      row.asleepNanos += span.asleepNanos();
    }
    String line = span.spanName() + " " + Nanos.format(span.spanNanos());
    part(span.parentId(), span.startNanos(), line);
    slowest.offer(new Kept(span, parts.computeIfAbsent(span.spanId(), _ -> new ArrayList<>())));
  }

  private void part(long spanId, long atNanos, String line) {
    if (spanId != 0) {
      List<Part> own = parts.computeIfAbsent(spanId, s -> new ArrayList<>());
      if (own.size() < MAX_LINES) {
        own.add(new Part(atNanos, line));
      } else if (own.size() == MAX_LINES) {
        own.add(new Part(Long.MAX_VALUE, "…"));
      }
    }
  }

  private static List<String> inOrder(List<Part> own) {
    return own.stream().sorted(Comparator.comparingLong(Part::atNanos)).map(Part::line).toList();
  }

  /** Of each name, the longest p99 first. */
  List<Row> rows() {
    return rows.values().stream()
        .sorted(Comparator.comparingLong((Row row) -> -row.nanos.at(99)).thenComparing(r -> r.name))
        .toList();
  }

  /** The slowest first. */
  List<Slow> slowest() {
    return slowest.list().stream().map(kept -> new Slow(kept.span, inOrder(kept.own))).toList();
  }
}
