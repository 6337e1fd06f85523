package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a running program reports of itself, from end to end: each program in a JVM of its own. */
@Timeout(60)
final class InspectionTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  /** Waits in accept, says so, and ends when its input ends. */
  static final class Server {
    static void main() throws IOException {
      try (var heddle = Heddle.builder().name("inspected").start();
          var listener =
              heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        DumpSignal.dumps(heddle);
        heddle.go("waits here", () -> listener.accept().close());
        while (heddle.taskStates().get(dev.heddle.scheduler.TaskState.ACCEPT) == 0) {
          Thread.onSpinWait();
        }
        System.out.println("listening on " + listener.localAddress());
        int end = System.in.read();
        System.out.println(end < 0 ? "ends" : "?");
      }
    }
  }

  /** Two tasks that wait for each other's lock. */
  static final class Deadlock {
    static void main() {
      try (var heddle = Heddle.builder().deadlockReport(true).start()) {
        var first = new ReentrantLock();
        var second = new ReentrantLock();
        var bothHold = new CountDownLatch(2);
        heddle.go("has the first", () -> lock(first, second, bothHold));
        heddle.go("has the second", () -> lock(second, first, bothHold));
        heddle.awaitShutdown();
      }
    }

    private static void lock(ReentrantLock mine, ReentrantLock other, CountDownLatch bothHold)
        throws InterruptedException {
      mine.lock();
      bothHold.countDown();
      bothHold.await();
      other.lock();
    }
  }

  private static Process start(Class<?> main, String... flags) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** The first line that matches; what came before is passed over. */
  private static String lineWith(BufferedReader output, String regex) throws IOException {
    var pattern = Pattern.compile(regex);
    var seen = new ArrayList<String>();
    for (String line; (line = output.readLine()) != null; ) {
      seen.add(line);
      if (pattern.matcher(line).find()) {
        return line;
      }
    }
    throw new AssertionError("no " + regex + " in " + seen);
  }

  private static void end(Process process, BufferedReader output) throws Exception {
    process.getOutputStream().close();
    lineWith(output, "ends");
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void eachSignalDumpsEveryTaskAndTheProgramContinues() throws Exception {
    var process = start(Server.class);
    try (var output = process.inputReader()) {
      String address = lineWith(output, "listening on").replaceFirst(".*/", "");
      for (int i = 0; i < 2; i++) {
        var kill = new ProcessBuilder("sh", "-c", "kill -URG " + process.pid()).start();
        assertEquals(0, kill.waitFor());
        lineWith(output, ": 1 task");
        lineWith(output, "1 × accept");
        assertTrue(lineWith(output, "\"waits here\"").contains(address));
        lineWith(output, "\\.accept\\(");
      }
      end(process, output);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void schedtraceIsSwitchedOnByTheProperty() throws Exception {
    var process = start(Server.class, "-Dheddle.schedtrace=20");
    try (var output = process.inputReader()) {
      long before = -1;
      for (int i = 0; i < 3; i++) {
        String line = lineWith(output, "^SCHED \\d+ms: processors=\\d+ .* name=inspected$");
        long millis = Long.parseLong(line.replaceFirst("SCHED (\\d+)ms.*", "$1"));
        assertTrue(millis >= before, line); // one that comes late has the next at its heels
        before = millis;
      }
      lineWith(output, " tasks=1 ");
      end(process, output);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aDeadlockIsReportedWithWhatEachTaskWaitsFor() throws Exception {
    var process = start(Deadlock.class);
    try (var output = process.inputReader()) {
      lineWith(output, "ERROR .*all tasks are asleep, and nothing is left to wake one");
      String both = lineWith(output, "\"has the ") + lineWith(output, "\"has the ");
      assertTrue(both.contains("has the first") && both.contains("has the second"), both);
      assertTrue(both.contains("ReentrantLock"), both);
      lineWith(output, "InspectionTest.Deadlock.lock");
    } finally {
      process.destroyForcibly();
    }
  }
}
