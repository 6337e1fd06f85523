package dev.heddle.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.Work;
import dev.heddle.cli.CliError;
import dev.heddle.stress.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short real comparisons: every server in a JVM of its own. */
class ComparisonTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private static Scenario scenario(Work work, List<Peer> peers, int rounds, List<String> burden) {
    return new Scenario("test", work, peers, 4, 64, 2, 1, rounds, SHORT, SHORT, burden);
  }

  private static List<ServerRun> run(Scenario scenario) throws IOException, InterruptedException {
    try (var progress = BenchProgress.start("test", Duration.ZERO)) {
      return new Comparison(scenario, StopSignal.install(), progress).run();
    }
  }

  @Test
  void serversTakeTurnsAndAnswer(@TempDir Path folder) throws Exception {
    var peers = Peer.USUAL;
    var scenario = scenario(Work.HTTP, peers, 2, List.of());
    var runs = run(scenario);
    assertEquals(
        List.of("1 heddle", "1 jdk-vt", "1 netty", "2 heddle", "2 jdk-vt", "2 netty"),
        runs.stream().map(run -> run.round() + " " + run.peer()).toList());
    for (var run : runs) {
      assertTrue(run.requests() > 0, run::toString);
      assertEquals(0, run.errors() + run.stuck(), run::toString);
    }
    // Of all together: the system counts in steps of 10 ms, and a short window may be within one.
    assertTrue(runs.stream().mapToDouble(ServerRun::cpuMicros).sum() > 0, runs::toString);

    var report = new ServerReport(scenario, runs);
    assertEquals(1 + peers.size(), report.table().lines().count(), report.table());
    var file = folder.resolve("runs.json");
    new JsonFile(file.toFile()).write(report::writeJson);
    assertEquals(runs.size(), count("requestsPerSecond", file));
  }

  @Test
  void serversOverTlsAndWithDeadlinesAnswer() throws Exception {
    var runs = new ArrayList<ServerRun>();
    runs.addAll(run(scenario(Work.TLS, List.of(Peer.HEDDLE, Peer.JDK_VT), 1, List.of())));
    runs.addAll(run(scenario(Work.HTTP_DEADLINE, List.of(Peer.HEDDLE), 1, List.of())));
    assertEquals(3, runs.size());
    for (var run : runs) {
      assertTrue(run.requests() > 0, run::toString);
      assertEquals(0, run.errors() + run.stuck(), run::toString);
    }
  }

  @Test
  void aJsonFileThatCannotBeWrittenIsRefusedAtOnce(@TempDir Path folder) throws Exception {
    assertThrows(CliError.class, () -> new JsonFile(folder.toFile()));
    assertThrows(CliError.class, () -> new JsonFile(folder.resolve("none/f").toFile()));
    var readOnly = Files.createFile(folder.resolve("f"));
    Files.setPosixFilePermissions(readOnly, Set.of(PosixFilePermission.OWNER_READ));
    assumeFalse(Files.isWritable(readOnly), "root may write everything");
    assertThrows(CliError.class, () -> new JsonFile(readOnly.toFile()));
  }

  @Test
  void aServerThatDiesUnderLoadIsNamed() throws Exception {
    var stop =
        new StopSignal() {
          @Override
          public boolean getAsBoolean() { // asked while there is load
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            return false;
          }
        };
    try (var progress = BenchProgress.start("test", Duration.ZERO)) {
      var scenario = scenario(Work.ECHO, List.of(Peer.HEDDLE), 1, List.of());
      var comparison = new Comparison(scenario, stop, progress);
      var error = assertThrows(CliError.class, comparison::run);
      assertEquals("the heddle server died: it said nothing", error.getMessage());
    }
  }

  private static int count(String field, Path file) throws IOException {
    int found = 0;
    try (var json = new JsonFactory().createParser(file.toFile())) {
      JsonToken token;
      while ((token = json.nextToken()) != null) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals(field)) {
          found++;
        }
      }
    }
    return found;
  }

  @Test
  void oneHogLeavesTheOtherProcessorToTheServer() throws Exception {
    var runs = run(scenario(Work.ECHO, List.of(Peer.HEDDLE), 1, List.of("hogs", "1")));
    assertTrue(runs.getFirst().requests() > 0, runs::toString);
  }

  @Test
  void oneBlockerLeavesTheOtherProcessorToTheServer() throws Exception {
    var runs = run(scenario(Work.ECHO, List.of(Peer.HEDDLE), 1, List.of("blockers", "1")));
    assertTrue(runs.getFirst().requests() > 0, runs::toString);
  }
}
