package dev.heddle.bench.jmh;

import dev.heddle.bench.tasks.Tasks;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The scheduler that a benchmark runs on. */
@State(Scope.Benchmark)
public class OnTasks {
  /** The system property with the number of processors. */
  public static final String PROCESSORS = "heddle.bench.processors";

  /** Which of the two. */
  @Param({Tasks.HEDDLE, Tasks.STOCK})
  public String scheduler = "";

  @SuppressWarnings("NullAway.Init") // by open()
  private Tasks tasks;

  /** Starts the scheduler. */
  @Setup
  public void open() {
    int machine = Runtime.getRuntime().availableProcessors();
    tasks = Tasks.open(scheduler, Integer.getInteger(PROCESSORS, machine));
  }

  /** Ends it. */
  @TearDown
  public void close() {
    tasks.close();
  }

  Tasks tasks() {
    return tasks;
  }
}
