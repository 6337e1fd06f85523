package dev.heddle.stress;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress bar of one suite in simulations, a step a seed; shown on a terminal only. */
final class SeedProgress implements Simulated.Watcher, AutoCloseable {
  private static final int INTERVAL_MILLIS = 200;

  private final ProgressBar bar;

  private SeedProgress(String name, long seeds) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(String.format("%-16s", name))
            .setInitialMax(seeds)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(INTERVAL_MILLIS)
            .setUnit(" seeds", 1)
            .clearDisplayOnFinish()
            .build();
  }

  static SeedProgress open(String name, long seeds) {
    return new SeedProgress(name, seeds);
  }

  @Override
  public void progress(long seeds, long operations) {
    bar.stepTo(seeds);
    bar.setExtraMessage(String.format(Locale.ROOT, " %,d operations", operations));
  }

  @Override
  public void close() {
    bar.close();
  }
}
