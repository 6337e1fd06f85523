package dev.heddle.bench.tasks;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;

/** A way to start tasks: Heddle's, or the stock virtual-thread scheduler's. */
public abstract sealed class Tasks implements AutoCloseable {
  /** The word for our scheduler. */
  public static final String HEDDLE = "heddle";

  /** The word for the JDK's scheduler, whose parallelism is a flag of the JVM. */
  public static final String STOCK = "stock";

  private Tasks() {}

  /** The body of a task, which both ways take as it is, without wrapping it. */
  @FunctionalInterface
  public interface Body extends Runnable, ThrowingRunnable {
    @Override
    void run();
  }

  /** Opens one of the two by its word. */
  public static Tasks open(String scheduler, int processors) {
    return switch (scheduler) {
      case HEDDLE -> new OnHeddle(Heddle.builder().processors(processors).start());
      case STOCK -> new OnStock();
      default -> throw new IllegalArgumentException("no such scheduler: " + scheduler);
    };
  }

  /** Starts a task. */
  public abstract Thread go(Body body);

  @Override
  public abstract void close();

  private static final class OnHeddle extends Tasks {
    private final Heddle heddle;

    OnHeddle(Heddle heddle) {
      this.heddle = heddle;
    }

    @Override
    public Thread go(Body body) {
      return heddle.go(body);
    }

    @Override
    public void close() {
      heddle.close();
    }
  }

  private static final class OnStock extends Tasks {
    @Override
    public Thread go(Body body) {
      return Thread.startVirtualThread(body);
    }

    @Override
    public void close() {
      // it belongs to the JVM
    }
  }
}
