package dev.heddle.bench.server;

import java.util.Locale;

/** The work that every compared server does, in exactly the same way. */
public enum Work {
  /** Counts the ends of request heads, and answers all heads of one read in one write. */
  HTTP,
  /** As HTTP, with a read deadline that is moved before every read. Of ours only. */
  HTTP_DEADLINE,
  /** Writes back what it read. */
  ECHO,
  /** As ECHO; a silent connection holds no buffer. Of ours only. */
  ECHO_BORROWED,
  /** As ECHO; a silent connection holds no task either. Of ours only. */
  ECHO_DORMANT,
  /** As ECHO, over TLS 1.3. */
  TLS;

  /** What one connection reads at most at once. */
  public static final int BUFFER_BYTES = 4096;

  /** Long enough that a burst of connecting clients is never refused. */
  public static final int BACKLOG = 4096;

  /** Returns the work of a command-line word, which {@link #toString()} gives back. */
  public static Work of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
