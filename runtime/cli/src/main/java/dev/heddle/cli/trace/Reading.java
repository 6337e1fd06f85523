package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.cli.OutputFile;
import dev.heddle.cli.Reason;
import dev.heddle.trace.Damage;
import dev.heddle.trace.ReadReport;
import dev.heddle.trace.RecordingReader;
import dev.heddle.trace.TraceEvent;
import dev.heddle.trace.TraceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What the trace commands share: read with a progress bar, and say in one line what is wrong with
 * the recording.
 */
final class Reading {
  private Reading() {}

  static ReadReport read(Path file, Consumer<TraceEvent> sink) {
    try (ReadProgress progress = ReadProgress.onTerminal(file)) {
      return RecordingReader.readAhead(file, sink, progress);
    } catch (TraceException e) {
      throw new CliError(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CliError("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  /** Reads into a file that is there whole or not at all. */
  static ReadReport into(OutputFile out, Path target, Step step) {
    try (out) {
      ReadReport report = step.run(out);
      out.commit();
      return report;
    } catch (IOException e) {
      throw cannotWrite(target, e);
    } catch (UncheckedIOException e) {
      throw cannotWrite(target, Objects.requireNonNull(e.getCause()));
    }
  }

  private static CliError cannotWrite(Path target, IOException e) {
    return new CliError("cannot write " + target + ": " + Reason.of(e), e);
  }

  /** Reads a recording and writes what it is to become. */
  interface Step {
    ReadReport run(OutputFile out) throws IOException;
  }

  /**
   * Ends a command: what is left of a crashed process is worth reading, and says so; a file that
   * was cut off is an error, though what there is has been shown.
   */
  static int end(ReadReport report, PrintWriter err) {
    if (report.damage() == Damage.TRUNCATED) {
      throw new CliError(report.damageLine());
    }
    if (report.damage() == Damage.UNFINISHED) {
      err.println("heddle: " + report.damageLine());
    }
    return 0;
  }

  /** The recording's name with another ending, in the current folder. */
  static Path besides(Path recording, String ending) {
    String name = String.valueOf(recording.getFileName());
    int dot = name.lastIndexOf('.');
    return Path.of((dot > 0 ? name.substring(0, dot) : name) + ending);
  }
}
