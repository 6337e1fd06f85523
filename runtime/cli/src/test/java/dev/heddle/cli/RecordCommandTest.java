package dev.heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.scheduler.events.RunSlice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle trace record}: one JVM records another, which runs a task every millisecond. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class RecordCommandTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");
  private static final String BY_NAME = "--add-opens=jdk.jfr/jdk.jfr.internal.jfc=ALL-UNNAMED";

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  /** Says when it has been recorded for some ticks. Ends when its input does. */
  static final class Server {
    private static final int TICKS = 10; // more than carriers, of which each may be late to commit
    private static volatile boolean ended;

    static void main() throws IOException {
      try (var heddle = Heddle.start()) {
        heddle.go(
            "ticker",
            () -> {
              for (int recorded = 0; !ended; ) {
                Thread.sleep(1);
                if (new RunSlice().isEnabled() && ++recorded == TICKS) {
                  System.out.println("recorded");
                }
              }
            });
        System.out.println("ready");
        ended = System.in.read() < 0;
      }
    }
  }

  static final class Stranger {
    static void main() throws IOException {
      System.out.println("ready");
      System.exit(System.in.read());
    }
  }

  private Process java(List<String> flags, Class<?> main, Object... args) throws IOException {
    return start(folder, command(flags, main, args));
  }

  private Process start(Path directory, List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    var process = builder.redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private static List<String> command(List<String> flags, Class<?> main, Object... args) {
    var command = new ArrayList<String>();
    command.add(bin("java"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return command;
  }

  private static String bin(String tool) {
    return Path.of(System.getProperty("java.home"), "bin", tool).toString();
  }

  private Process ready(List<String> flags, Class<?> main) throws IOException {
    var process = java(flags, main);
    assertEquals("ready", process.inputReader().readLine());
    return process;
  }

  private static void awaitRecorded(Process server) throws IOException {
    assertEquals("recorded", server.inputReader().readLine());
  }

  private Process record(Process server, Path file, String duration) throws IOException {
    return java(List.of(), Main.class, recordArgs(server, file, duration));
  }

  private static Object[] recordArgs(Process server, Path file, String duration) {
    return new Object[] {"trace", "record", server.pid(), "-o", file, "-d", duration};
  }

  private static String lineWith(BufferedReader output, String part) throws IOException {
    var seen = new ArrayList<String>();
    for (String line; (line = output.readLine()) != null; ) {
      seen.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("no " + part + " in " + seen);
  }

  private static void assertExit(int code, Process process) throws InterruptedException {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs");
    assertEquals(code, process.exitValue());
  }

  private static String heddle(int code, Object... args) {
    var out = new StringWriter();
    var printer = new PrintWriter(out, true);
    var strings = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    assertEquals(
        code,
        HeddleCommand.commandLine().setOut(printer).setErr(printer).execute(strings),
        out::toString);
    return out.toString();
  }

  private static void assertHasTicks(Path file) {
    assertTrue(heddle(0, "trace", "summary", file).contains("ticker"), "no such task in " + file);
  }

  @Test
  void recordsAProcessForTheTimeWanted() throws Exception {
    var server = ready(FLAGS, Server.class);
    Path file = folder.resolve("a file.jfr");
    var command = record(server, file, "1s");
    lineWith(command.inputReader(), "recording process " + server.pid());
    lineWith(command.inputReader(), file.toString());
    assertExit(0, command);
    assertHasTicks(file);
    server.getOutputStream().close();
    assertExit(0, server);
  }

  @Test
  void interruptEndsItEarlyWithWhatThereIs() throws Exception {
    var server = ready(FLAGS, Server.class);
    Path file = folder.resolve("early.jfr");
    var command = record(server, file, "20h");
    lineWith(command.inputReader(), "recording process");
    awaitRecorded(server);
    new ProcessBuilder("kill", "-TERM", String.valueOf(command.pid())).start().waitFor();
    assertExit(0, command);
    heddle(0, "trace", "summary", file);
    assertTrue(
        jcmd(server, "JFR.check").stream().noneMatch(line -> line.contains("running")),
        "nothing is left recording");
  }

  @Test
  void processThatEndsLeavesWhatWasRecordedUntilThen() throws Exception {
    var server = ready(FLAGS, Server.class);
    Path file = folder.resolve("ended.jfr");
    var command = record(server, file, "20h");
    lineWith(command.inputReader(), "recording process");
    awaitRecorded(server);
    server.getOutputStream().close();
    lineWith(command.inputReader(), "has ended; recorded until then");
    assertExit(0, command);
    heddle(0, "trace", "summary", file);
  }

  @Test
  void processThatIsKilledTakesItsRecordingAlong() throws Exception {
    var server = ready(FLAGS, Server.class);
    var command = record(server, folder.resolve("killed.jfr"), "20h");
    lineWith(command.inputReader(), "recording process");
    server.destroyForcibly();
    lineWith(command.inputReader(), "died, and its recording with it");
    assertExit(1, command);
  }

  @Test
  void anEarlierRecordingDoesNotPassForOneWrittenWhereWeCannotSeeIt() throws Exception {
    Path ours = Files.createDirectory(folder.resolve("ours"));
    Path theirs = Files.createDirectory(folder.resolve("theirs"));
    Files.writeString(ours.resolve("a.jfr"), "of an earlier run");
    var server = start(theirs, command(FLAGS, Server.class));
    assertEquals("ready", server.inputReader().readLine());
    // Each process has a working directory of its own there, as those in containers have a root.
    var file = Path.of("/proc/self/cwd/a.jfr");
    var command = start(ours, command(List.of(), Main.class, recordArgs(server, file, "1s")));
    lineWith(command.inputReader(), "where we cannot see it");
    assertTrue(command.waitFor() > 0);
    assertHasTicks(theirs.resolve("a.jfr"));
  }

  @Test
  void aDeviceIsRefused() throws Exception {
    var server = ready(FLAGS, Server.class);
    assertOneLine("cannot record to /dev/null", server.pid(), "-o", "/dev/null");
  }

  @Test
  void whatCannotBeRecordedIsOneLineAndExitCode2() throws Exception {
    var stranger = ready(List.of(), Stranger.class);
    assertOneLine("runs no Heddle", stranger.pid());
    stranger.destroyForcibly().waitFor();
    assertOneLine("there is no process " + stranger.pid(), stranger.pid());
    var sleep = new ProcessBuilder("sleep", "1000").start();
    started.add(sleep);
    assertOneLine("(sleep) is not a Java process", sleep.pid());
    assertTrue(sleep.isAlive(), "it was not asked by a signal");
    assertOneLine("--duration must be a time such as", sleep.pid(), "-d", "soon");
    assertOneLine("--duration must be from 100ms to 24h", sleep.pid(), "-d", "0.05");
    assertOneLine("(PID)", "abc");
  }

  private static void assertOneLine(String part, Object... args) {
    var all = new ArrayList<Object>(List.of("trace", "record"));
    all.addAll(List.of(args));
    String text = heddle(2, all.toArray());
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.startsWith("heddle: ") && text.contains(part), text);
  }

  @Test
  void jcmdKnowsTheSettingsByNameIfTheJdkLetsUsIn() throws Exception {
    var flags = new ArrayList<>(FLAGS);
    flags.add(BY_NAME);
    Path file = folder.resolve("named.jfr");
    var server = ready(flags, Server.class);
    assertStarted(jcmd(server, "JFR.start", "name=h", "settings=heddle", "filename=" + file));
    awaitRecorded(server);
    jcmd(server, "JFR.stop", "name=h");
    heddle(0, "trace", "summary", file);
  }

  @Test
  void jcmdTakesTheSettingsByPathAnyway() throws Exception {
    Path settings = folder.resolve("mine.jfc");
    String printed = heddle(0, "trace", "settings", "-o", settings);
    String line = printed.lines().filter(l -> l.contains("duration=10s")).findFirst().orElseThrow();
    var server = ready(FLAGS, Server.class);
    Path file = folder.resolve("path.jfr");
    String[] words = line.strip().split(" ", -1);
    words[words.length - 1] = "filename=" + file;
    assertEquals("jcmd PID JFR.start", String.join(" ", List.of(words).subList(0, 3)));
    assertStarted(jcmd(server, List.of(words).subList(2, words.length).toArray(String[]::new)));
    awaitRecorded(server);
    jcmd(server, "JFR.stop", "name=1");
    heddle(0, "trace", "summary", file);
  }

  private static void assertStarted(List<String> answer) {
    assertTrue(answer.stream().anyMatch(l -> l.startsWith("Started recording")), answer.toString());
  }

  private static List<String> jcmd(Process jvm, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(bin("jcmd"), String.valueOf(jvm.pid())));
    command.addAll(List.of(arguments));
    var jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var output = jcmd.inputReader()) {
      return output.lines().toList();
    }
  }
}
