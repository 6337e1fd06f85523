package dev.heddle.trace;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who made a task runnable. */
public enum Readier {
  START("start"),
  TASK("task"),
  POLLER("poller"),
  TIMER("timer"),
  SYSMON("sysmon"),
  EXTERNAL("external"),
  YIELD("yield"),
  /**
   * The recording does not say: a violation, unless the task was queued before the recording began.
   */
  UNKNOWN("unknown");

  private static final Map<String, Readier> BY_WORD = new HashMap<>();

  static {
    for (Readier readier : values()) {
      BY_WORD.put(readier.word, readier);
    }
  }

  final String word;

  Readier(String word) {
    this.word = word;
  }

  static Readier of(@Nullable String word) {
    return BY_WORD.getOrDefault(word, UNKNOWN);
  }
}
