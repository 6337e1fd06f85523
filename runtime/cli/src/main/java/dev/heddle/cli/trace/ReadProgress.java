package dev.heddle.cli.trace;

import dev.heddle.cli.Terminal;
import dev.heddle.trace.RecordingReader;
import java.io.PrintStream;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on the terminal, for recordings that take more than a second to read. */
final class ReadProgress implements RecordingReader.Progress, AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final int UPDATE_MILLIS = 200;
  private static final long MEGABYTE = 1 << 20;

  private final boolean wanted;
  private final PrintStream terminal;
  private final long bytes;
  private final long begunNanos = System.nanoTime();
  private @Nullable ProgressBar bar;

  ReadProgress(boolean wanted, PrintStream terminal, long bytes) {
    this.wanted = wanted;
    this.terminal = terminal;
    this.bytes = bytes;
  }

  /** For standard error, if that is a terminal. */
  static ReadProgress onTerminal(Path file) {
    return new ReadProgress(Terminal.isStandardError(), System.err, file.toFile().length());
  }

  @Override
  public void reached(long nanos, long ofNanos) {
    if (!wanted || System.nanoTime() - begunNanos < PATIENCE_NANOS) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("reading")
              .setInitialMax(bytes)
              .setUnit(" MB", MEGABYTE)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .hideEta()
              .clearDisplayOnFinish()
              .setConsumer(new ConsoleProgressBarConsumer(terminal))
              .build();
    }
    bar.stepTo(ofNanos <= 0 ? 0 : Math.round(bytes * ((double) nanos / ofNanos)));
  }

  boolean shown() {
    return bar != null;
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
