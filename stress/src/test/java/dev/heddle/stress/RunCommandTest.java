package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.heddle.cli.CliError;
import dev.heddle.commands.StressCommand;
import dev.heddle.netio.PollerKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class RunCommandTest {
  @TempDir Path folder;

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
  @CsvSource({
    "nothing-such,  --duration=1s,     no suite 'nothing-such'",
    "spawn-storm,   --duration=soon,   --duration must be",
    "spawn-storm,   --duration=0s,     --duration must be",
    "spawn-storm,   --duration=8761h,  --duration must be from 1ms to 8760h",
    "spawn-storm,   --stuck-after=999999999h, --stuck-after must be from 1ms to 8760h",
    "spawn-storm,   --connections=0,   --connections must be",
    "spawn-storm,   --processors=5000, --processors must be",
    "spawn-storm,   --report=/dev/null/x, cannot write to the report folder /dev/null/x: Not a"
        + " directory",
    "spawn-storm,   --report=/dev/null,   cannot write to the report folder /dev/null: it is no"
        + " folder",
    "spawn-storm,   --trace=/dev/null/x,  cannot write /dev/null/x: Not a directory",
    "spawn-storm,   --trace=/no/x,        cannot write /no/x: no such folder"
  })
  void badInputIsAnsweredWithOneLine(String suite, String option, String message) {
    var error = assertInstanceOf(CliError.class, failure("run", suite, option));
    assertTrue(String.valueOf(error.getMessage()).startsWith(message), error.getMessage());
  }

  @Test
  void aPollerThatIsMissingHereIsAnsweredWithOneLine() throws Exception {
    var command =
        new SiblingJvm()
            .option("-Dos.arch=unknown")
            .command(
                "dev.heddle.cli.Main",
                List.of("stress", "run", "spawn-storm", "--poller=epoll", "--report=" + folder));
    var process = command.redirectError(folder.resolve("err.txt").toFile()).start();
    process.inputReader().readAllAsString();
    assertEquals(2, process.waitFor());
    var lines = Files.readAllLines(folder.resolve("err.txt"));
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().startsWith("heddle: "), lines::toString);
  }

  @Test
  void aReportIsJsonAndAPageWithTheSameInside() throws Exception {
    int code =
        new CommandLine(new StressCommand())
            .execute(
                "run", "spawn-storm", "--duration", "300ms", "--seed", "1", "--report=" + folder);
    assertEquals(0, code);
    try (var parser = new JsonFactory().createParser(folder.resolve("stress.json").toFile())) {
      int objects = 0;
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        objects += token == JsonToken.START_OBJECT ? 1 : 0;
      }
      assertTrue(objects > 3);
    }
    var page = Files.readString(folder.resolve("stress.html"));
    assertTrue(page.contains("\"name\" : \"spawn-storm\""));
    assertTrue(page.indexOf("http://") < 0 && page.indexOf("src=") < 0, "the page loads something");
  }

  @Test
  void aTraceOfTheRunIsWritten() throws Exception {
    var trace = folder.resolve("run.jfr");
    int code =
        new CommandLine(new StressCommand())
            .execute("run", "spawn-storm", "--duration", "300ms", "--trace=" + trace);
    assertEquals(0, code);
    assertFalse(RecordingFile.readAllEvents(trace).isEmpty());
  }

  @Test
  void theCommandToRepeatIsTheSameInEveryLanguage() {
    var language = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG")); // has digits of its own
      var second = Duration.ofSeconds(1);
      var command = Tests.settings(PollerKind.AUTO, second, second).command("echo-storm");
      assertTrue(command.contains(" --seed 42 "), command);
    } finally {
      Locale.setDefault(language);
    }
  }

  @Test
  void theListNamesEverySuite() {
    var out = new StringWriter();
    var command = new CommandLine(new StressCommand()).setOut(new PrintWriter(out));
    assertEquals(0, command.execute("list"));
    for (var suite : Suites.ALL) {
      assertTrue(out.toString().contains(suite.name() + " "), suite.name());
    }
  }
}
