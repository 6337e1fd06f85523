package dev.heddle.simulation;

import org.jspecify.annotations.Nullable;

/**
 * What has happened, in order: a fingerprint of it always, and a text of a line an event if that is
 * wanted.
 *
 * <p>Two runs with the same fingerprint have, as good as certainly, the same text. Nothing in it
 * depends on the JVM: no thread numbers, no identity hashes, no real time.
 */
final class EventLog {
  private final @Nullable StringBuilder text;
  private long fingerprint;
  private long events;

  EventLog(boolean withText) {
    text = withText ? new StringBuilder() : null;
  }

  /** Whether a text is wanted: else nobody need make one. */
  boolean hasText() {
    return text != null;
  }

  /** An event, by numbers that tell it from others. */
  void add(long nanos, int kind, long what) {
    events++;
    fingerprint = Dice.mix(fingerprint + nanos) ^ Dice.mix(what + kind);
  }

  /** The same event in words; only if {@link #hasText}. */
  void line(long nanos, String words) {
    if (text != null) {
      long micros = nanos / 1_000;
      String fraction = Long.toString(1_000_000 + micros % 1_000_000).substring(1);
      text.append(micros / 1_000_000)
          .append('.')
          .append(fraction)
          .append(' ')
          .append(words)
          .append('\n');
    }
  }

  long fingerprint() {
    return fingerprint;
  }

  long events() {
    return events;
  }

  /** Empty if none was wanted. */
  String text() {
    return text == null ? "" : text.toString();
  }
}
