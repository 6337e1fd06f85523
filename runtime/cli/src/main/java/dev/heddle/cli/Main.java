package dev.heddle.cli;

import java.util.Optional;

/**
 * Where the JVM begins: runs the command line, and names in one line the jar that is missing if one
 * is. Uses no library itself, so that it can say so of each.
 */
final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Main() {}

  public static void main(String[] args) {
    int code;
    try {
      code = HeddleCommand.commandLine().execute(args);
    } catch (RuntimeException | Error e) {
      Optional<String> missing = MissingJar.behind(e);
      if (Descriptors.areShort()) {
        System.err.println("heddle: " + Descriptors.SHORT);
        code = FAILED;
      } else if (missing.isPresent()) {
        System.err.println("heddle: " + missing.get());
        code = USAGE;
      } else {
        throw e;
      }
    }
    System.out.flush();
    System.exit(code);
  }
}
