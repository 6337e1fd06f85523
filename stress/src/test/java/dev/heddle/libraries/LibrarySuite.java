package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.Heddle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the tests of drivers share: a runtime whose tasks have our sockets. */
@Timeout(300)
abstract class LibrarySuite {
  static final int TASKS = 300;

  Heddle heddle;

  @BeforeEach
  void start() {
    Heddle.installSockets();
    heddle = Heddle.builder().name("libraries").processors(2).grace(Duration.ZERO).start();
  }

  @AfterEach
  void everythingEnds() {
    heddle.close();
    assertEquals(0, heddle.liveTasks());
    assertEquals(0, heddle.openSockets());
  }

  <T> FutureTask<T> go(Callable<T> body) {
    var future = new FutureTask<>(body);
    heddle.go(future::run);
    return future;
  }

  static <T> T join(FutureTask<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  interface Indexed {
    void run(int index) throws Exception;
  }

  /** Runs a body in many tasks at the same time. */
  void all(Indexed body) throws Exception {
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var tasks = new ArrayList<Thread>();
    for (int i = 0; i < TASKS; i++) {
      int index = i;
      tasks.add(
          heddle.go(
              () -> {
                try {
                  body.run(index);
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread task : tasks) {
      task.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " tasks failed", failures.peek());
    }
  }

  /** Tries until it works, as a program does whose server has been restarted. */
  static <T> T eventually(Callable<T> body) throws Exception {
    long start = System.nanoTime();
    for (; ; ) {
      try {
        return body.call();
      } catch (Exception e) {
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }
}
