package dev.heddle.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers for the processors of all runtimes in a recording, so that the rest of the reader need
 * not know that there may be several runtimes.
 *
 * <p>The processors of the runtime that is seen first keep their numbers; those of the next follow
 * from {@link #STRIDE} on, and so forth. "No processor" (sysmon, the global queue) stays below 0:
 * −1, −2 ….
 */
final class Places {
  /** More processors than a runtime has. */
  private static final int STRIDE = 1 << 16;

  /** Runtimes beyond share the last number: a program that starts so many closes them again. */
  private static final int MAX_RUNTIMES = 1 << 14;

  private static final Pattern CARRIER = Pattern.compile("(.*)-carrier-\\d+");

  private final Map<Integer, Integer> indexByNumber = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /** The number of a processor, or of what is none, of a runtime as the events name it. */
  int of(int runtime, int processor) {
    int index = indexOf(runtime);
    return processor < 0 ? -1 - index : processorOf(index, processor);
  }

  /** The number of a processor of the runtime with an index. */
  static int processorOf(int index, int processor) {
    return index * STRIDE + Math.min(processor, STRIDE - 1);
  }

  private int indexOf(int runtime) {
    Integer known = indexByNumber.get(runtime);
    if (known == null) {
      known = Math.min(indexByNumber.size(), MAX_RUNTIMES - 1);
      indexByNumber.put(runtime, known);
      if (known == names.size()) {
        names.add("");
      }
    }
    return known;
  }

  /** Whether it is not known yet what a runtime is called. */
  boolean isNameless(int runtime) {
    return names.get(indexOf(runtime)).isEmpty();
  }

  /** A runtime's threads are called after it. */
  void learnName(int runtime, String threadName) {
    Matcher carrier = CARRIER.matcher(threadName);
    if (carrier.matches()) {
      names.set(indexOf(runtime), carrier.group(1));
    }
  }

  /** A name for each runtime, all different. */
  List<String> names() {
    var unique = new ArrayList<String>();
    for (String name : names) {
      String plain = name.isEmpty() ? "runtime" : name;
      String numbered = plain;
      for (int n = 2; unique.contains(numbered); n++) {
        numbered = plain + "-" + n;
      }
      unique.add(numbered);
    }
    return List.copyOf(unique);
  }

  /** The runtime's index, from 0. */
  static int runtime(int place) {
    return place < 0 ? -1 - place : place / STRIDE;
  }

  /** The processor's number in its runtime, −1 for none. */
  static int processor(int place) {
    return place < 0 ? -1 : place % STRIDE;
  }

  /** The processor for people; with its runtime's name if there are several. */
  static String label(int place, List<String> runtimes) {
    String processor = "P" + processor(place);
    return runtimes.size() < 2 ? processor : runtimes.get(runtime(place)) + " " + processor;
  }
}
