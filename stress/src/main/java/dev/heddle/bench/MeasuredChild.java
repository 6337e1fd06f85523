package dev.heddle.bench;

import dev.heddle.stress.SiblingJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that runs a compared server or program, read line by line.
 *
 * <p>Its standard input stays open until {@link #close()}: a child whose input ends should end, so
 * that it does not outlive us however we end.
 */
final class MeasuredChild implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 3;

  /** How many of the last lines are kept to say why a child died. */
  private static final int KEPT_LINES = 5;

  private final Process process;
  private final BufferedReader output;
  private final Deque<String> lastLines = new ConcurrentLinkedDeque<>();
  private @Nullable Thread drainer;

  private MeasuredChild(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static MeasuredChild start(List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    var command = new SiblingJvm().options(flags).command(main.getName(), arguments);
    return new MeasuredChild(command.redirectErrorStream(true).start());
  }

  /** Returns the rest of the next line that begins with {@code word}, or null at the end. */
  @Nullable String await(String word) throws IOException {
    String line;
    while ((line = output.readLine()) != null) {
      if (line.startsWith(word + " ")) {
        return line.substring(word.length() + 1);
      }
      if (lastLines.size() == KEPT_LINES) {
        lastLines.removeFirst();
      }
      lastLines.add(line);
    }
    return null;
  }

  /** Throws away what it still prints, so that it never blocks in printing. */
  void discardOutput() {
    drainer = Thread.ofPlatform().daemon().name("child-output").start(this::drain);
  }

  private void drain() {
    try {
      await("\0");
    } catch (IOException e) {
      // it ended
    }
  }

  /** Whether it ended by itself and with success; it has closed its output already. */
  boolean endedWell() {
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether it has ended, or does so soon: what it broke may be seen before its end. */
  boolean hasDied() throws InterruptedException {
    return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Returns why it said it died, in one line; to be called when it has. */
  String lastWords() throws InterruptedException {
    if (drainer != null) {
      drainer.join(Duration.ofSeconds(PATIENCE_SECONDS));
    }
    return lastLines.isEmpty() ? "it said nothing" : String.join(" | ", lastLines);
  }

  /** Returns the processor time it has used, user and kernel (in steps of 10 ms on Linux). */
  Duration cpuTime() throws IOException {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IOException("the server's processor time cannot be read"));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
