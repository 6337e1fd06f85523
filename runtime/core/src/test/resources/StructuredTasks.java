import dev.heddle.Heddle;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;

/**
 * Started from its source by a test, with --enable-preview: forks subtasks on our carriers, nested.
 */
final class StructuredTasks {
  public static void main(String[] args) throws InterruptedException {
    try (var heddle = Heddle.builder().name("structured").processors(2).start()) {
      var task =
          heddle.go(
              () -> {
                int sum = 0;
                var config = heddle.threadFactory();
                try (var scope =
                    StructuredTaskScope.open(
                        Joiner.<Integer>allSuccessfulOrThrow(), c -> c.withThreadFactory(config))) {
                  for (int i = 0; i < 100; i++) {
                    int n = i;
                    scope.fork(() -> nested(n));
                  }
                  sum = scope.join().mapToInt(s -> s.get()).sum();
                }
                System.out.println("sum " + sum + ", all on our carriers");
              });
      task.join();
    }
  }

  /** A scope with the JDK's own factory: its threads inherit our carriers. */
  private static int nested(int n) throws InterruptedException {
    check();
    try (var scope = StructuredTaskScope.open(Joiner.<Integer>anySuccessfulResultOrThrow())) {
      scope.fork(
          () -> {
            check();
            Thread.sleep(1);
            check();
            return n;
          });
      return scope.join();
    }
  }

  private static void check() {
    if (!Thread.currentThread().toString().contains("@structured-carrier-")) {
      throw new IllegalStateException("on " + Thread.currentThread());
    }
  }
}
