package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.MissingFlagException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int heddle(String... args) {
    var commandLine = new CommandLine(new HeddleCommand()).addSubcommand(new Probe());
    return HeddleCommand.configure(commandLine)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private void assertOneLine(String expected) {
    assertEquals("heddle: " + expected + System.lineSeparator(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void noArgumentsShowTheCommands() {
    assertEquals(0, heddle());
    assertTrue(out.toString().contains("probe"), out.toString());
  }

  @Test
  void everyCommandHasHelp() {
    assertEquals(0, heddle("probe", "--help"));
    assertTrue(out.toString().startsWith("Usage: heddle probe"), out.toString());
  }

  @Test
  void versionNamesTheJavaToo() {
    assertEquals(0, heddle("--version"));
    assertTrue(out.toString().contains("Java 25"), out.toString());
  }

  @Test
  void whatTheCommandReturnsIsTheExitCode() {
    assertEquals(7, heddle("probe", "--end", "return"));
  }

  @Test
  void userErrorIsOneLineAndExitCode2() {
    assertEquals(2, heddle("probe", "--end", "user-error"));
    assertOneLine("no such thing; try another");
  }

  @Test
  void failureIsOneLineAndExitCode1() {
    assertEquals(1, heddle("probe", "--end", "failure"));
    assertOneLine("the server died: it said nothing");
  }

  @Test
  void flagsThatLackAreOneLineAndExitCode2() {
    assertEquals(2, heddle("probe", "--end", "no-flag"));
    assertOneLine("this JVM (Java 25) needs the flags --add-this --and-that");
  }

  @Test
  void unknownOptionIsOneLineAndExitCode2() {
    assertEquals(2, heddle("probe", "--nonsense"));
    assertOneLine("Unknown option: '--nonsense' (see heddle probe --help)");
  }

  @Test
  void wrongValueIsOneLineAndExitCode2() {
    assertEquals(2, heddle("probe", "--number", "many"));
    assertOneLine(
        "Invalid value for option '--number': 'many' is not an int (see heddle probe --help)");
  }

  @Test
  void unknownCommandIsOneLineAndExitCode2() {
    assertEquals(2, heddle("weave"));
    assertOneLine("there is no 'heddle weave', but probe");
  }

  @Test
  void unexpectedArgumentIsOneLineAndExitCode2() {
    assertEquals(2, heddle("probe", "weave", "--number", "1"));
    assertOneLine("Unmatched argument at index 1: 'weave' (see heddle probe --help)");
  }

  @Test
  void defectShowsItsStackAndExitCode1() {
    assertEquals(1, heddle("probe", "--end", "defect"));
    assertTrue(err.toString().contains("IllegalStateException: a defect"), err.toString());
    assertTrue(err.toString().contains("\tat "), err.toString());
    assertFalse(out.toString().contains("\tat "), out.toString());
  }

  @Command(name = "probe", description = "ends as its argument says")
  static final class Probe implements CliCommand, Callable<Integer> {
    @Option(names = "--end")
    private String end = "return";

    @Option(names = "--number")
    private int number;

    @Override
    public Integer call() {
      return switch (end) {
        case "user-error" -> throw new CliError("no such thing\n  try another");
        case "failure" -> throw CliError.failed("the server died: it said nothing", null);
        case "no-flag" -> throw new MissingFlagException(List.of("--add-this", "--and-that"), null);
        case "defect" -> throw new IllegalStateException("a defect");
        default -> 7 + number;
      };
    }
  }
}
