package dev.heddle.bench.tasks;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;
import dev.heddle.net.HeddleSocketFactory;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** A way to start tasks: Heddle's, the stock virtual-thread scheduler's, or platform threads. */
public abstract sealed class Tasks implements AutoCloseable {
  /** The word for our scheduler. */
  public static final String HEDDLE = "heddle";

  /** The word for the JDK's scheduler, whose parallelism is a flag of the JVM. */
  public static final String STOCK = "stock";

  /** The word for a platform thread each. */
  public static final String PLATFORM = "platform";

  private Tasks() {}

  /** The body of a task, which both ways take as it is, without wrapping it. */
  @FunctionalInterface
  public interface Body extends Runnable, ThrowingRunnable {
    @Override
    void run();
  }

  /** Opens one of them by its word. */
  public static Tasks open(String scheduler, int processors) {
    return switch (scheduler) {
      case HEDDLE -> new OnHeddle(Heddle.builder().processors(processors).start());
      case STOCK -> new OnStock();
      case PLATFORM -> new OnPlatform();
      default -> throw new IllegalArgumentException("no such scheduler: " + scheduler);
    };
  }

  /** Starts a task. */
  public abstract Thread go(Body body);

  /** Makes threads of this kind, for a library that wants a factory. */
  public abstract ThreadFactory threads();

  /**
   * The class of a socket factory for drivers that make their sockets on threads of their own;
   * empty if the JDK's own will do.
   */
  public Optional<String> socketFactory() {
    return Optional.empty();
  }

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
    public ThreadFactory threads() {
      return heddle.threadFactory();
    }

    @Override
    public Optional<String> socketFactory() {
      return Optional.of(HeddleSocketFactory.class.getName());
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
    public ThreadFactory threads() {
      return Thread.ofVirtual().factory();
    }

    @Override
    public void close() {
      // it belongs to the JVM
    }
  }

  private static final class OnPlatform extends Tasks {
    @Override
    public Thread go(Body body) {
      return Thread.ofPlatform().daemon().start(body);
    }

    @Override
    public ThreadFactory threads() {
      return Thread.ofPlatform().daemon().factory();
    }

    @Override
    public void close() {
      // each ends by itself
    }
  }
}
