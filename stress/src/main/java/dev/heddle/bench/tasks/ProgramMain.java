package dev.heddle.bench.tasks;

import java.time.Duration;

/**
 * The JVM that runs one program on one scheduler: {@code PROGRAM SIZE SCHEDULER PROCESSORS WARMUPS
 * RUNS}. It prints each figure as {@code sample WHAT VALUE UNIT}.
 */
public final class ProgramMain {
  private static final int RING_MEMBERS = 1_000;
  private static final int CONVOY_MEMBERS = 100;
  private static final int FEW_SLEEPERS = 2_000;
  private static final int MANY_SLEEPERS = 100_000;
  private static final Duration WATCHED = Duration.ofSeconds(1);

  private ProgramMain() {}

  /** Runs the program. */
  public static void main(String[] args) throws InterruptedException {
    var program = program(args[0], Integer.parseInt(args[1]));
    int warmups = Integer.parseInt(args[4]);
    int runs = Integer.parseInt(args[5]);
    try (var tasks = Tasks.open(args[2], Integer.parseInt(args[3]))) {
      for (int i = 0; i < warmups; i++) {
        program.run(tasks);
      }
      for (int i = 0; i < runs; i++) {
        for (var sample : program.run(tasks)) {
          System.out.println("sample " + sample.toLine());
        }
      }
    }
    System.exit(0);
  }

  private static Program program(String name, int size) {
    return switch (name) {
      case "skynet" -> new Skynet(size);
      case "ring" -> new Ring(RING_MEMBERS, size);
      case "mutex" -> new Convoy(CONVOY_MEMBERS, size / CONVOY_MEMBERS);
      case "parked" -> new Parked(size);
      case "timers" -> new Timed(size, FEW_SLEEPERS, MANY_SLEEPERS, WATCHED);
      default -> throw new IllegalArgumentException("no such program: " + name);
    };
  }
}
