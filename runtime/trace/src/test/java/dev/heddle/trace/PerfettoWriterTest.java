package dev.heddle.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file follows the rules of the Chrome trace event format that viewers rely on. */
final class PerfettoWriterTest {
  @TempDir static Path folder;
  private static SyntheticLoad.Emitted emitted;
  private static List<Entry> entries;

  /** One trace event: its scalar fields by path. */
  private record Entry(Map<String, String> fields) {
    String get(String field) {
      return fields.getOrDefault(field, "");
    }

    String phase() {
      return get("ph");
    }

    String track() {
      return get("pid") + "/" + get("tid");
    }

    BigDecimal start() {
      return new BigDecimal(get("ts"));
    }

    BigDecimal end() {
      return start().add(new BigDecimal(get("dur")));
    }
  }

  @BeforeAll
  static void convert() throws IOException {
    Path file = folder.resolve("a.jfr");
    emitted = SyntheticLoad.record(file);
    var out = new ByteArrayOutputStream();
    try (var writer = new PerfettoWriter(out)) {
      RecordingReader.read(file, writer::accept);
    }
    entries = parse(out.toByteArray());
  }

  private static List<Entry> parse(byte[] json) throws IOException {
    var list = new ArrayList<Entry>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (!"traceEvents".equals(parser.currentName())) {
        assertNotNull(parser.nextToken());
      }
      assertEquals(JsonToken.START_ARRAY, parser.nextToken());
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        list.add(new Entry(object(parser, "")));
      }
      assertEquals(JsonToken.END_OBJECT, parser.nextToken());
    }
    return list;
  }

  private static Map<String, String> object(JsonParser parser, String prefix) throws IOException {
    var fields = new HashMap<String, String>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = prefix + parser.currentName();
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        fields.putAll(object(parser, name + "."));
      } else {
        fields.put(name, parser.getText());
      }
    }
    return fields;
  }

  private static List<Entry> phase(String phase) {
    return entries.stream().filter(e -> e.phase().equals(phase)).toList();
  }

  @Test
  void everyEventHasPhaseNameProcessAndTrack() {
    for (Entry e : entries) {
      assertTrue(Set.of("X", "i", "s", "f", "C", "M").contains(e.phase()), e.toString());
      assertTrue(!e.get("name").isEmpty() && !e.get("pid").isEmpty() && !e.get("tid").isEmpty());
      assertTrue(e.phase().equals("M") || !e.get("ts").isEmpty(), e.toString());
      assertTrue(!e.phase().equals("X") || e.end().compareTo(e.start()) >= 0, e.toString());
    }
  }

  @Test
  void everySliceIsOnItsProcessorAndItsCarrier() {
    long onProcessors = phase("X").stream().filter(e -> e.get("cat").equals("run")).count();
    long onCarriers = phase("X").stream().filter(e -> e.get("pid").equals("3")).count();
    assertEquals(emitted.slices(), onProcessors);
    assertEquals(emitted.slices(), onCarriers);
  }

  @Test
  void everyTrackIsNamed() {
    Set<String> named =
        phase("M").stream()
            .filter(e -> e.get("name").equals("thread_name"))
            .map(Entry::track)
            .collect(Collectors.toSet());
    for (Entry e : entries) {
      if (!e.phase().equals("M") && !e.phase().equals("C")) {
        assertTrue(named.contains(e.track()), e + " is on a track without a name");
      }
    }
    Set<String> names =
        phase("M").stream().map(e -> e.get("args.name")).collect(Collectors.toSet());
    assertTrue(names.containsAll(Set.of("processors", "carriers", "P0", "P1", "poller", "sysmon")));
  }

  @Test
  void slicesOfATrackDoNotOverlap() {
    Map<String, List<Entry>> tracks =
        phase("X").stream().collect(Collectors.groupingBy(Entry::track));
    tracks.forEach(
        (track, slices) -> {
          var sorted = new ArrayList<>(slices);
          sorted.sort(Comparator.comparing(Entry::start));
          for (int i = 1; i < sorted.size(); i++) {
            BigDecimal overlap = sorted.get(i - 1).end().subtract(sorted.get(i).start());
            assertTrue(overlap.compareTo(new BigDecimal("0.003")) <= 0, track + ": " + overlap);
          }
        });
  }

  @Test
  void arrowsPairUpAndRunForwardInTime() {
    Map<String, Entry> begins = new HashMap<>();
    for (Entry begin : phase("s")) {
      assertEquals(null, begins.put(begin.get("id"), begin), "two arrows of one id");
    }
    var ends = new HashSet<String>();
    for (Entry end : phase("f")) {
      assertTrue(ends.add(end.get("id")), "two ends of one arrow");
      assertEquals("e", end.get("bp"), "bound to the slice it stands in");
      Entry begin = begins.get(end.get("id"));
      assertNotNull(begin, "an end without a beginning");
      assertTrue(begin.start().compareTo(end.start()) <= 0, begin + " → " + end);
      assertEquals(begin.get("cat"), end.get("cat"));
      assertEquals(begin.get("name"), end.get("name"));
    }
    assertEquals(begins.keySet(), ends);
    assertTrue(begins.size() >= emitted.readiedByPoller(), begins.size() + " arrows");
  }

  @Test
  void arrowsEndWhereASliceBeginsAndBeginWithinAPollOrSlice() {
    Set<String> starts =
        phase("X").stream().map(e -> e.track() + "@" + e.start()).collect(Collectors.toSet());
    for (Entry end : phase("f")) {
      assertTrue(starts.contains(end.track() + "@" + end.start()), end.toString());
    }
    Map<String, TreeSet<BigDecimal>> begins = new HashMap<>();
    Map<String, Map<BigDecimal, BigDecimal>> slices = new HashMap<>();
    for (Entry slice : phase("X")) {
      begins.computeIfAbsent(slice.track(), t -> new TreeSet<>()).add(slice.start());
      slices
          .computeIfAbsent(slice.track(), t -> new HashMap<>())
          .merge(slice.start(), slice.end(), BigDecimal::max);
    }
    // The moment comes from another clock than the slice: a few may miss it.
    var slack = new BigDecimal(20);
    long outside =
        phase("s").stream()
            .filter(
                s -> {
                  BigDecimal from = begins.get(s.track()).floor(s.start().add(slack));
                  return from == null
                      || slices.get(s.track()).get(from).add(slack).compareTo(s.start()) < 0;
                })
            .count();
    assertTrue(outside <= phase("s").size() / 100, outside + " of " + phase("s").size());
  }

  @Test
  void anArrowFromATimerBeginsInASlice() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var writer = new PerfettoWriter(out)) {
      writer.accept(Slices.at(9000, 1000).on(1).runnable(2000).readiedBy(Readier.TIMER, 0).get());
    }
    List<Entry> all = parse(out.toByteArray());
    Entry from = all.stream().filter(e -> e.phase().equals("s")).findFirst().orElseThrow();
    assertTrue(
        all.stream()
            .anyMatch(
                e ->
                    e.phase().equals("X")
                        && e.track().equals(from.track())
                        && e.start().compareTo(from.start()) <= 0
                        && e.end().compareTo(from.start()) > 0),
        all.toString());
  }

  @Test
  void countersAndInstantsAreThere() {
    Set<String> counters = phase("C").stream().map(e -> e.get("name")).collect(Collectors.toSet());
    assertEquals(Set.of("global queue", "runnable tasks"), counters);
    Set<String> instants = phase("i").stream().map(e -> e.get("name")).collect(Collectors.toSet());
    assertTrue(
        instants.containsAll(Set.of("steal from P0", "handoff to P1", "monopoly", "timer")),
        instants.toString());
  }
}
