package dev.heddle.stress;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress bar of one suite, with rate and errors; shown on a terminal only. */
final class Progress implements Engine.Watcher, AutoCloseable {
  private static final int STEPS = 1000;
  private static final int INTERVAL_MILLIS = 200;

  private final ProgressBar bar;
  private long lastNanos = System.nanoTime();
  private long lastOperations;
  private double rate;

  private Progress(String name) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(String.format("%-16s", name))
            .setInitialMax(STEPS)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(INTERVAL_MILLIS)
            .hideEta()
            .clearDisplayOnFinish()
            .build();
  }

  static Progress open(String name) {
    return new Progress(name);
  }

  @Override
  public void progress(Tally tally, double part) {
    long nowNanos = System.nanoTime();
    if (nowNanos - lastNanos >= INTERVAL_MILLIS * 1_000_000L) {
      long operations = tally.operations();
      rate = (operations - lastOperations) * 1e9 / (nowNanos - lastNanos);
      lastOperations = operations;
      lastNanos = nowNanos;
    }
    bar.stepTo((long) (part * STEPS));
    bar.setExtraMessage(
        String.format(Locale.ROOT, " %,.0f/s, %,d errors", rate, tally.errors())
            + (tally.violations() == 0 ? "" : ", " + tally.violations() + " VIOLATIONS"));
  }

  @Override
  public void close() {
    bar.close();
  }
}
