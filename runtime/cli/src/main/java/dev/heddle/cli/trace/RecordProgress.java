package dev.heddle.cli.trace;

import dev.heddle.cli.Terminal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Waits for a recording's time to pass, and shows on the terminal how much of it has. */
final class RecordProgress implements AutoCloseable {
  private static final int UPDATE_MILLIS = 100;
  private static final long SECOND_MILLIS = 1000;

  private final long millis;
  private final @Nullable ProgressBar bar;

  RecordProgress(Duration duration) {
    this.millis = duration.toMillis();
    this.bar = Terminal.isStandardError() ? bar(millis) : null;
  }

  private static ProgressBar bar(long millis) {
    return new ProgressBarBuilder()
        .setTaskName("recording")
        .setInitialMax(millis)
        .setUnit(" s", SECOND_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .hideEta()
        .clearDisplayOnFinish()
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .build();
  }

  /** Returns when the time is over, or before that when the latch is open. */
  void await(CountDownLatch end) throws InterruptedException {
    long begun = System.nanoTime();
    for (long passed = 0; passed < millis; passed = millisSince(begun)) {
      if (bar != null) {
        bar.stepTo(passed);
      }
      if (end.await(Math.min(UPDATE_MILLIS, millis - passed), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
