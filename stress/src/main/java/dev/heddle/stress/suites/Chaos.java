package dev.heddle.stress.suites;

import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A random mix of the other suites at the same time on one runtime, changing all the time. */
public final class Chaos implements Suite {
  private static final int AT_ONCE = 3;
  private static final int MIN_PART_MILLIS = 200;
  private static final int MAX_PART_MILLIS = 3_000;

  private final List<Suite> parts;

  /** A mix of those that can share a runtime. */
  public Chaos(List<Suite> suites) {
    parts =
        suites.stream()
            .filter(suite -> suite.kind() == Kind.NETWORK || suite.kind() == Kind.SCHEDULER)
            .toList();
  }

  @Override
  public String name() {
    return "chaos";
  }

  @Override
  public String proves() {
    return "Whatever load meets whatever other load, nothing is lost, doubled, reordered or stuck.";
  }

  @Override
  public Kind kind() {
    return Kind.MIXED;
  }

  @Override
  public void run(Run run) throws Exception {
    List<Thread> players = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      int player = i;
      players.add(run.startPart("chaos-" + i, () -> play(run, player)));
    }
    for (var player : players) {
      player.join();
    }
  }

  private void play(Run run, int player) {
    var random = run.random(player);
    List<Suite> fit =
        run.isSimulated() ? parts.stream().filter(part -> part.unfit() == null).toList() : parts;
    while (!run.isOver()) {
      var suite = fit.get(random.nextInt(fit.size()));
      run.play(
          suite,
          Duration.ofMillis(random.nextInt(MIN_PART_MILLIS, MAX_PART_MILLIS)),
          random.nextInt(1, Math.max(2, run.connections())),
          random.nextLong());
    }
  }
}
