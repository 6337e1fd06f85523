package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.cli.CliError;
import dev.heddle.commands.StressCommand;
import dev.heddle.netio.PollerKind;
import dev.heddle.simulation.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Suites in simulations: their loads run, a seed repeats, and a violation is found and repeats. */
final class SimulatedTest {
  private static final Settings SETTINGS =
      new Settings(Duration.ofMillis(200), 3, 1, 1, PollerKind.AUTO, Settings.DEFAULT_STUCK_AFTER);

  @TempDir Path folder;

  static Stream<String> fit() {
    return Suites.ALL.stream().filter(suite -> suite.unfit() == null).map(Suite::name);
  }

  static Stream<String> unfit() {
    return Suites.ALL.stream().filter(suite -> suite.unfit() != null).map(Suite::name);
  }

  @ParameterizedTest
  @MethodSource("fit")
  void aSuiteFindsNothingAndItsSeedRepeats(String name) {
    Suite suite = Suites.named(name);
    var simulated = new Simulated(Wiring.STRAIGHT);
    Simulated.Result result = simulated.explore(suite, SETTINGS, 5, false, Simulated.Watcher.NONE);
    assertNull(result.failed(), () -> "" + result.failed());
    assertEquals(5, result.seeds());
    assertTrue(result.operations() > 0);
    var options = Simulated.options().withLog(true);
    Outcome one = simulated.replay(suite, SETTINGS, options);
    Outcome other = simulated.replay(suite, SETTINGS, options);
    assertEquals(one.log(), other.log());
    assertEquals(one, other);
  }

  /** A lock that lets a newcomer in while its owner is about to wake the next thread. */
  private static Wiring leakyLock() {
    return new Wiring() {
      @Override
      public Lock lock() {
        return new ReentrantLock() {
          @java.io.Serial private static final long serialVersionUID = 1;

          @Override
          public void lock() {
            if (!hasQueuedThreads()) {
              super.lock();
            }
          }

          @Override
          public void unlock() {
            if (isHeldByCurrentThread()) {
              super.unlock();
            }
          }
        };
      }
    };
  }

  @Test
  void aPlantedViolationIsFoundAndItsSeedRepeatsExactly() {
    Suite suite = Suites.named("mutex-convoy");
    var simulated = new Simulated(leakyLock());
    Simulated.Result result =
        simulated.explore(suite, SETTINGS, 1_000, false, Simulated.Watcher.NONE);
    Outcome found = Objects.requireNonNull(result.failed(), "nothing is found");
    Settings again = SETTINGS.withSeed(found.seed());
    var options = Simulated.options().withLog(true);
    Outcome one = simulated.replay(suite, again, options);
    Outcome other = simulated.replay(suite, again, options);
    assertEquals(found.fingerprint(), one.fingerprint());
    assertEquals(one.log(), other.log());
    assertEquals(
        Objects.requireNonNull(found.failure()).getMessage(),
        Objects.requireNonNull(one.failure()).getMessage());
    assertNull(new Simulated(Wiring.STRAIGHT).replay(suite, again, options).failure());
  }

  @Test
  void aLoadThatDiffersFromRunToRunIsSeen() {
    var calls = new AtomicInteger();
    var wiring =
        new Wiring() {
          @Override
          public void giveWay() {
            for (int i = calls.incrementAndGet(); i > 0; i--) { // more each time
              Wiring.super.giveWay();
            }
          }
        };
    var simulated = new Simulated(wiring);
    Suite suite = Suites.named("mutex-convoy");
    Simulated.Result result = simulated.explore(suite, SETTINGS, 1, true, Simulated.Watcher.NONE);
    assertEquals(1, result.different());
    Simulated.Result straight =
        new Simulated(Wiring.STRAIGHT).explore(suite, SETTINGS, 3, true, Simulated.Watcher.NONE);
    assertTrue(straight.passed());
  }

  // ---- the commands

  private static Exception failure(String... args) {
    var failure = new AtomicReference<Exception>();
    var command = new CommandLine(new StressCommand());
    command.setExecutionExceptionHandler(
        (e, _, _) -> {
          failure.set(e);
          return 2;
        });
    assertEquals(2, command.execute(args));
    return failure.get();
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void aSuiteThatCannotBeSimulatedIsRefusedWithOneLine(String name) {
    for (String[] args : new String[][] {{"run", name, "--simulate"}, {"replay", "1", name}}) {
      var error = assertInstanceOf(CliError.class, failure(args));
      assertTrue(
          String.valueOf(error.getMessage()).startsWith(name + " cannot be simulated: it "),
          error.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--twice,                   --twice is for --simulate",
    "--seeds=5,                 --seeds is for --simulate",
    "--simulate --seeds=0,      --seeds must be 1 or more",
    "--simulate --processors=2, --simulate takes no --processors",
    "--simulate --report=x,     --simulate takes no --processors",
    "--simulate --duration=0s,  --duration must be"
  })
  void badInputIsAnsweredWithOneLine(String options, String message) {
    String[] args = ("run rings " + options).split(" ", -1);
    var error = assertInstanceOf(CliError.class, failure(args));
    assertTrue(String.valueOf(error.getMessage()).startsWith(message), error.getMessage());
  }

  @Test
  void theCommandsRun() throws Exception {
    var command = new CommandLine(new StressCommand());
    assertEquals(
        0, command.execute("run", "rings", "udp-flood", "--simulate", "--twice", "--seeds", "3"));
    Path page = folder.resolve("replay.html");
    assertEquals(0, command.execute("replay", "2", "echo-storm", "--trace=" + page));
    String text = Files.readString(page);
    assertTrue(text.contains("echo-storm, seed 2") && text.contains("simulated time"));
  }
}
