package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Programs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class IoModelsTest {
  private static final String TEXT = "warp and weft\n".repeat(20_000);

  @ParameterizedTest
  @ValueSource(strings = {"threads", "busy", "selector", "async", "heddle"})
  void eachModelSendsBackWhatNcatSends(String model) throws Exception {
    Programs.require("ncat");
    try (var server = Child.start("io-models", "--serve", model)) {
      var port = server.line().replace("port ", "");
      for (int i = 0; i < 3; i++) {
        assertEquals(TEXT, Programs.run(TEXT, "ncat", "127.0.0.1", port).ok());
      }
    }
  }

  @Test
  void tableHasARowForEachModel() throws Exception {
    try (var child = Child.start("io-models", "--connections", "4", "--millis", "300")) {
      var lines = child.end().ok().lines().toList();
      assertEquals(7, lines.size(), lines::toString);
      var models = List.of("threads", "busy", "selector", "async", "heddle");
      for (int i = 0; i < 5; i++) {
        var row = lines.get(i + 2);
        assertTrue(row.matches(models.get(i) + "( +[\\d,.]+){5}"), row);
      }
    }
  }

  @Test
  void unknownModelIsOneLineAndExitCode2() throws Exception {
    try (var child = Child.start("io-models", "--models", "threads,fibres")) {
      var end = child.end();
      assertEquals(2, end.exitCode());
      assertTrue(
          end.output().startsWith("io-models: there is no model 'fibres', but"), end::output);
      assertEquals(1, end.output().lines().count(), end::output);
    }
  }

  @Test
  void signalEndsAServer() throws Exception {
    try (var server = Child.start("io-models", "--serve", "heddle")) {
      server.line();
      assertEquals(new ChildJvm(0, ""), server.terminate());
    }
  }
}
