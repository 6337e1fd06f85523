package dev.heddle.scheduler.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the events cost while nobody records them: {@link #aSwitch} and {@link #anIoSwitch} less
 * {@link #nothing} is the price of a switch.
 *
 * <p>{@code never}: Flight Recorder was not used in this JVM; {@code stopped}: a recording of
 * everything has been started and stopped, which instruments the event classes for good; {@code
 * others}: a recording of other events runs, as in a JVM that records all the time.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TraceBenchmark {
  /** How this JVM has used Flight Recorder so far. */
  @Param({"never", "stopped", "others"})
  public String flightRecorder = "never";

  private @Nullable Recording recording;

  /** Brings Flight Recorder into the state. */
  @Setup
  public void open() {
    if (flightRecorder.equals("never")) {
      return;
    }
    try (var all = new Recording(HeddleEvents.configuration())) {
      all.start();
      all.stop();
    }
    if (flightRecorder.equals("others")) {
      try {
        recording = new Recording(jdk.jfr.Configuration.getConfiguration("default"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (java.text.ParseException e) {
        throw new IllegalStateException(e);
      }
      recording.start();
    }
  }

  /** Ends the recording. */
  @TearDown
  public void close() {
    if (recording != null) {
      recording.close();
    }
  }

  /** What measuring costs. */
  @Benchmark
  public void nothing(Blackhole hole) {
    hole.consume(false);
    hole.consume(false);
    hole.consume(false);
  }

  /** The questions of a park and unpark: when readied, when run, at its end. */
  @Benchmark
  public void aSwitch(Blackhole hole) {
    hole.consume(SliceRecorder.isOn());
    hole.consume(SliceRecorder.isOn());
    hole.consume(false);
  }

  /** The same of a wait for the network, which asks once more. */
  @Benchmark
  public void anIoSwitch(Blackhole hole) {
    hole.consume(SliceRecorder.isOn());
    hole.consume(SliceRecorder.isOn());
    hole.consume(Trace.isOn());
  }
}
