package dev.heddle.stress;

import dev.heddle.netio.PollerKind;
import java.nio.file.Path;
import java.time.Duration;

/** How the tests of this package run suites. */
final class Tests {
  private static final long SEED = 42;
  private static final int CONNECTIONS = 8;

  private Tests() {}

  static Settings settings(PollerKind poller, Duration duration, Duration stuckAfter) {
    return new Settings(duration, CONNECTIONS, SEED, 2, poller, stuckAfter);
  }

  static Result run(Suite suite, Wiring wiring, Settings settings, Path folder)
      throws InterruptedException {
    return new Engine(wiring, folder).run(suite, settings, Engine.Watcher.NONE);
  }
}
