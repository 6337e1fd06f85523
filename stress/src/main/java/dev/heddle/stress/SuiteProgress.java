package dev.heddle.stress;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress bar of one suite, with rate and errors; shown on a terminal only. */
final class SuiteProgress implements Engine.Watcher, AutoCloseable {
  private static final int STEPS = 1000;
  private static final int INTERVAL_MILLIS = 200;

  private final ProgressBar bar;
  private long lastNanos = System.nanoTime();
  private long lastOperations;
  private double rate;

  private SuiteProgress(String name) {
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

  static SuiteProgress open(String name) {
    return new SuiteProgress(name);
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
