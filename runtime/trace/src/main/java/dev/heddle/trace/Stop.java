package dev.heddle.trace;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a task stopped running, and with that what it waited for until it was queued again. */
public enum Stop {
  START("start", Kind.NONE),
  IO_READ("io-read", Kind.NETWORK),
  IO_WRITE("io-write", Kind.NETWORK),
  ACCEPT("accept", Kind.NETWORK),
  CONNECT("connect", Kind.NETWORK),
  PARK("park", Kind.BLOCKED),
  MONITOR("monitor", Kind.BLOCKED),
  SLEEP("sleep", Kind.ASLEEP),
  YIELD("yield", Kind.NONE),
  DONE("done", Kind.NONE),
  /** An exception ended the task. */
  FAILED("failed", Kind.NONE),
  /** It was running when the recording ended. */
  RUNNING("running", Kind.NONE),
  /** A word this version does not know. */
  OTHER("other", Kind.BLOCKED);

  /** What a summary adds up. */
  public enum Kind {
    NONE,
    NETWORK,
    BLOCKED,
    ASLEEP
  }

  private static final Map<String, Stop> BY_WORD = new HashMap<>();

  static {
    for (Stop stop : values()) {
      BY_WORD.put(stop.word, stop);
    }
  }

  final String word;
  final Kind kind;

  Stop(String word, Kind kind) {
    this.word = word;
    this.kind = kind;
  }

  /** Whether the task has ended. */
  boolean isLast() {
    return this == DONE || this == FAILED;
  }

  static Stop of(@Nullable String word) {
    return BY_WORD.getOrDefault(word, OTHER);
  }
}
