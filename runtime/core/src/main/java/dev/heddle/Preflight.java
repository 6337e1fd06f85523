package dev.heddle;

import dev.heddle.netio.Network;
import dev.heddle.scheduler.MissingFlagException;
import dev.heddle.scheduler.facade.Scheduler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at start-up for missing JVM flags, so that one message names them all. */
final class Preflight {
  private Preflight() {}

  /**
   * Checks that the JDK lets us in.
   *
   * @throws MissingFlagException if it does not
   */
  static void check() {
    var missing = new ArrayList<String>();
    MissingFlagException cause = null;
    for (Runnable check : List.<Runnable>of(Scheduler::requireAccess, Network::requireAccess)) {
      cause = run(check, missing, cause);
    }
    if (cause != null) {
      throw new MissingFlagException(missing, cause);
    }
  }

  private static @Nullable MissingFlagException run(
      Runnable check, List<String> missing, @Nullable MissingFlagException cause) {
    try {
      check.run();
      return cause;
    } catch (MissingFlagException e) {
      missing.addAll(e.flags());
      return cause == null ? e : cause;
    }
  }
}
