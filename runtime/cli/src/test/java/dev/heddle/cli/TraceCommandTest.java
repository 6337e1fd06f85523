package dev.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.scheduler.events.RunSlice;
import dev.heddle.scheduler.events.TaskCreated;
import dev.heddle.trace.TraceRecorder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code heddle trace} prints, writes and answers to bad input. */
class TraceCommandTest {
  @TempDir static Path folder;
  private static Path recording;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void record() throws IOException {
    recording = folder.resolve("good.jfr");
    try (TraceRecorder _ = TraceRecorder.start(recording)) {
      var created = new TaskCreated();
      created.taskId = 7;
      created.taskName = "</script><b>";
      created.commit();
      var slice = new RunSlice();
      slice.begin();
      slice.taskId = 7;
      slice.taskName = "</script><b>";
      slice.sliceNumber = 1;
      slice.ageNanos = 1;
      slice.end();
      slice.commit();
    }
  }

  private int heddle(Object... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return HeddleCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
  }

  private void assertOneLine(String... parts) {
    List<String> lines = err.toString().lines().toList();
    assertEquals(1, lines.size(), err.toString());
    assertTrue(lines.getFirst().startsWith("heddle: "), err.toString());
    for (String part : parts) {
      assertTrue(lines.getFirst().contains(part), "no '" + part + "' in " + err);
    }
  }

  private static Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void summaryPrintsTables() {
    assertEquals(0, heddle("trace", "summary", recording));
    assertTrue(
        out.toString().contains("1 slices of 1 tasks (1 created meanwhile, 1 done)"),
        out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void summaryPrintsJson() {
    assertEquals(0, heddle("trace", "summary", "--json", recording));
    assertTrue(out.toString().startsWith("{"), out.toString());
    assertTrue(out.toString().strip().endsWith("}"), out.toString());
  }

  @Test
  void perfettoAndHtmlWriteTheirFiles() throws IOException {
    Path json = folder.resolve("out.json");
    assertEquals(0, heddle("trace", "perfetto", recording, "-o", json));
    assertTrue(Files.readString(json).contains("traceEvents"));
    Path html = folder.resolve("out.html");
    assertEquals(0, heddle("trace", "html", recording, "-o", html));
    assertTrue(Files.readString(html).startsWith("<!doctype html>"));
    assertEquals(html + System.lineSeparator(), out.toString());
  }

  @Test
  void aPipeIsWrittenAndStaysAPipe() throws Exception {
    for (String command : List.of("perfetto", "html")) {
      Path pipe = folder.resolve("pipe-" + command);
      assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
      var read = CompletableFuture.supplyAsync(() -> content(pipe));
      assertEquals(0, heddle("trace", command, recording, "-o", pipe));
      assertTrue(read.get(60, TimeUnit.SECONDS).length() > 100, command);
      assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
      assertEquals("", out.toString(), "the pipe's reader may be that of this, too");
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLinkToAFileStaysAndTheFileIsReplaced() throws IOException {
    Path real = file("real.out", "old".getBytes(UTF_8));
    Path link = Files.createSymbolicLink(folder.resolve("link.out"), real.getFileName());
    for (String command : List.of("perfetto", "html", "settings")) {
      Files.writeString(real, "old");
      assertEquals(0, write(command, link));
      assertTrue(Files.isSymbolicLink(link), command);
      assertTrue(Files.readString(real).length() > 100, command);
    }
  }

  @Test
  void aLinkToADeviceStaysAndTheDeviceIsWritten() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    Path link = Files.createSymbolicLink(folder.resolve("link.full"), full);
    for (String command : List.of("perfetto", "html", "settings")) {
      assertEquals(2, write(command, link), command);
      assertOneLine("cannot write " + link, "No space left");
      assertTrue(Files.isSymbolicLink(link), command);
    }
  }

  private int write(String command, Path output) {
    return command.equals("settings")
        ? heddle("trace", command, "-o", output)
        : heddle("trace", command, recording, "-o", output);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRecordingThatFindsNoRoomIsOneLineAndAFailure() {
    var option = Objects.requireNonNull(TraceOption.start(Path.of("/dev/full")));
    var e = assertThrows(CliError.class, option::close);
    assertEquals("cannot write /dev/full: No space left on device", e.getMessage());
    assertEquals(HeddleCommand.FAILED, e.exitCode());
  }

  @Test
  void writingAFileTouchesNoOther() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    Path part = Files.writeString(own.resolve("out.part"), "mine");
    for (String command : List.of("perfetto", "html", "settings")) {
      assertEquals(0, write(command, own.resolve("out")));
    }
    try (var _ = TraceOption.start(own.resolve("out"))) {
      assertEquals("mine", Files.readString(part));
    }
    assertEquals("mine", Files.readString(part));
    try (var files = Files.list(own)) {
      assertEquals(Set.of(part, own.resolve("out")), files.collect(Collectors.toSet()));
    }
  }

  @Test
  void aFileInAFolderThatTakesNoOtherIsWrittenInPlace() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Path file = Files.writeString(closed.resolve("out"), "old");
    assertTrue(closed.toFile().setWritable(false));
    try {
      assumeFalse(Files.isWritable(closed), "root may write anywhere");
      for (String command : List.of("perfetto", "html", "settings")) {
        assertEquals(0, write(command, file), err::toString);
        assertTrue(Files.readString(file).length() > 100, command);
      }
    } finally {
      assertTrue(closed.toFile().setWritable(true));
    }
  }

  @Test
  void settingsAreWrittenWithTheCommandsThatUseThem() throws IOException {
    Path settings = folder.resolve("mine.jfc");
    assertEquals(0, heddle("trace", "settings", "-o", settings));
    assertTrue(Files.readString(settings).contains("dev.heddle.RunSlice"));
    assertTrue(out.toString().contains("JFR.start settings=" + settings), out.toString());
  }

  @Test
  void recordingOfNothingOfOursIsOneLineAndExitCode2() throws IOException {
    Path foreign = folder.resolve("foreign.jfr");
    try (var other = new Recording()) {
      other.enable("jdk.JVMInformation");
      other.start();
      other.stop();
      other.dump(foreign);
    }
    for (String command : List.of("summary", "perfetto", "html")) {
      assertEquals(2, heddle("trace", command, foreign), command);
      assertOneLine("no Heddle events", "foreign.jfr");
      assertEquals(2, heddle("trace", command, file("text.jfr", "hello".getBytes(UTF_8))), command);
      assertOneLine("not a Flight Recorder recording");
      assertEquals(2, heddle("trace", command, folder.resolve("nowhere.jfr")), command);
      assertOneLine("no such file");
    }
  }

  @Test
  void cutOffRecordingIsOneLineAndExitCode2() throws IOException {
    byte[] bytes = Files.readAllBytes(recording);
    Path cut = file("cut.jfr", Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(2, heddle("trace", "summary", cut));
    assertOneLine("cut off");
    assertEquals("", out.toString());
  }

  @Test
  void cutOffRecordingShowsWhatCanBeReadBeforeTheError() throws IOException {
    byte[] bytes = Files.readAllBytes(recording);
    byte[] twice = Arrays.copyOf(bytes, bytes.length * 2 - 100);
    System.arraycopy(bytes, 0, twice, bytes.length, bytes.length - 100);
    assertEquals(2, heddle("trace", "summary", file("twice.jfr", twice)));
    assertOneLine("cut off", "read as far as it goes");
    assertTrue(out.toString().contains("slices of"), out.toString());
  }

  @Test
  void outputThatCannotBeWrittenIsOneLineAndExitCode2() throws IOException {
    Path nowhere = folder.resolve("no/such/folder/out.html");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (String command : List.of("perfetto", "html", "settings")) {
      assertEquals(2, write(command, nowhere));
      assertOneLine("cannot write", "no such folder");
      assertEquals(2, write(command, empty));
      assertOneLine("it is a folder");
      assertTrue(Files.isDirectory(empty), command);
    }
    Path full = Path.of("/dev/full");
    if (Files.exists(full)) {
      assertEquals(2, heddle("trace", "settings", "-o", "/proc/heddle.jfc"));
      assertOneLine("cannot write /proc/heddle.jfc");
    }
  }

  @Test
  void failedCommandLeavesNoFileBehind() throws IOException {
    Path target = folder.resolve("left.html");
    assertEquals(2, heddle("trace", "html", file("no.jfr", "no".getBytes(UTF_8)), "-o", target));
    assertFalse(Files.exists(target));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.filter(f -> f.toString().endsWith(".part")).toList());
    }
  }

  @Test
  void aPageWithoutSlicesIsRefused() {
    for (int slices : new int[] {0, -5}) {
      assertEquals(2, heddle("trace", "html", recording, "--max-slices", slices));
      assertOneLine("--max-slices must be 1 or more");
    }
  }

  @Test
  void windowWithoutLengthIsRefused() {
    assertEquals(2, heddle("trace", "html", recording, "--from", "3", "--to", "2"));
    assertOneLine("--from must be before --to");
  }

  @Test
  void pageCannotBeBrokenByANameAndLoadsNothing() throws IOException {
    Path html = folder.resolve("safe.html");
    assertEquals(0, heddle("trace", "html", recording, "-o", html));
    String page = Files.readString(html);
    assertFalse(page.contains("</script><b>"));
    assertFalse(page.contains("{{"), "every part was filled in");
    for (String loading : List.of("src=\"", "@import", "url(", "http://", "https://")) {
      assertFalse(page.contains(loading), loading);
    }
  }
}
