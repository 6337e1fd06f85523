package dev.heddle.bench.tasks;

/**
 * One figure that one run showed, smaller being better.
 *
 * @param what short name without spaces
 */
public record Sample(String what, double value, String unit) {
  /** Returns the figure as one line of words. */
  public String toLine() {
    return what + " " + value + " " + unit;
  }

  /** Reads what {@link #toLine()} wrote. */
  public static Sample parse(String line) {
    var words = line.split(" ", 3);
    return new Sample(words[0], Double.parseDouble(words[1]), words[2]);
  }
}
