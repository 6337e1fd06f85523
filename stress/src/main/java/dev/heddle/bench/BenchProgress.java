package dev.heddle.bench;

import dev.heddle.cli.Terminal;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far a measurement is: a bar for somebody at a terminal, else a line for each run. */
final class BenchProgress implements AutoCloseable {
  private static final int REFRESH_MILLIS = 250;

  private final @Nullable ProgressBar bar;
  private String current = "";

  private BenchProgress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Starts at nothing of {@code expected}, which is how long all of it should take. */
  static BenchProgress start(String name, Duration expected) {
    if (!Terminal.isStandardError()) {
      return new BenchProgress(null);
    }
    return new BenchProgress(
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(expected.toMillis())
            .setUnit(" s", 1_000)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setStyle(ProgressBarStyle.ASCII)
            .hideEta()
            .build());
  }

  /** Says what is measured next. */
  void next(String what) {
    current = what;
    if (bar != null) {
      bar.setExtraMessage(" " + what);
    }
  }

  /** Moves on by so much of what was expected. */
  void step(Duration time) {
    if (bar != null) {
      bar.stepBy(time.toMillis());
    }
  }

  /** Says what the current run has shown. */
  void found(String result) {
    if (bar == null) {
      System.err.println("  " + current + ": " + result);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
