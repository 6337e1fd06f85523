package dev.heddle.scheduler;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text that may come from a peer, made fit for a line of a log, a message or a dump: a line break
 * in it would forge a line, other controls change the screen of its reader.
 *
 * <p>What does not print is escaped as in Java: {@code \n}, {@code \t}. All else stays as it is.
 * Static and thread-safe; text that is fit already costs a look at it.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="printable"}
 */
public final class Printable {
  private Printable() {}

  /** The text without controls, separators of lines, invisible format characters, half pairs. */
  public static String text(@Nullable String text) {
    String all = String.valueOf(text);
    return isFit(all) ? all : escape(all);
  }

  private static boolean isFit(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!prints(c)) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  private static boolean prints(int c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  private static String escape(String text) {
    var out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (prints(c)) {
                out.appendCodePoint(c);
              } else {
                append(out, c);
              }
            });
    return out.toString();
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
      }
    }
  }

  /**
   * The exception itself, if its messages and those of its causes are fit; else one that prints as
   * it does, with fit messages and the same stacks. For logging, and as a cause.
   */
  public static Throwable failure(Throwable failure) {
    return isFit(failure, identitySet()) ? failure : new Escaped(failure, identitySet());
  }

  /** Of the exceptions met already: causes may go in circles. */
  private static Set<Throwable> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static boolean isFit(Throwable failure, Set<Throwable> seen) {
    if (!seen.add(failure)) {
      return true;
    }
    if (!isFit(failure.toString())) {
      return false;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      if (!isFit(suppressed, seen)) {
        return false;
      }
    }
    Throwable cause = failure.getCause();
    return cause == null || isFit(cause, seen);
  }

  @SuppressWarnings("OverrideThrowableToString") // it prints under the name of the original
  private static final class Escaped extends Exception {
    private static final long serialVersionUID = 1;

    private final String shown;

    Escaped(Throwable original, Set<Throwable> seen) {
      super(text(original.getMessage()), escaped(original.getCause(), seen));
      this.shown = text(original.toString());
      setStackTrace(original.getStackTrace());
      for (Throwable suppressed : original.getSuppressed()) {
        Throwable escaped = escaped(suppressed, seen);
        if (escaped != null) {
          addSuppressed(escaped);
        }
      }
    }

    private static @Nullable Throwable escaped(@Nullable Throwable next, Set<Throwable> seen) {
      return next == null || !seen.add(next) ? null : new Escaped(next, seen);
    }

    @Override
    public String toString() {
      return shown;
    }
  }
}
