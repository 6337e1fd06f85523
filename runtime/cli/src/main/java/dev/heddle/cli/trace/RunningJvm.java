package dev.heddle.cli.trace;

import dev.heddle.cli.CliError;
import dev.heddle.scheduler.events.RunSlice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Another JVM on this machine, which records because the JDK's {@code jcmd} asks it to.
 *
 * <p>Rejected: the attach API, whose public part cannot run a diagnostic command, and a management
 * agent, which would leave threads and a port behind in the process. {@code jcmd} is a process of
 * its own, but asks the JVM only for what it is made for.
 */
final class RunningJvm {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final String STARTED = "Started recording";
  private static final String STOPPED = "Stopped recording";

  private final ProcessHandle process;

  private RunningJvm(ProcessHandle process) {
    this.process = process;
  }

  /**
   * The JVM with this process id.
   *
   * @throws CliError if there is none, or it may not be looked into
   */
  static RunningJvm of(long pid) {
    ProcessHandle process =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .orElseThrow(() -> new CliError("there is no process " + pid));
    var jvm = new RunningJvm(process);
    if (!jvm.isJvm()) {
      throw new CliError(jvm + " is not a Java process (jcmd -l lists those)");
    }
    return jvm;
  }

  ProcessHandle process() {
    return process;
  }

  /** Looked at from outside: a JVM is asked by a signal that ends many a process which is none. */
  private boolean isJvm() {
    Path maps = Path.of("/proc", String.valueOf(process.pid()), "maps");
    try {
      if (Files.exists(maps)) {
        // Not decoded strictly: names of files may be in any encoding.
        return Files.readString(maps, StandardCharsets.ISO_8859_1).contains("/libjvm.");
      }
      return jcmd("-l").stream().anyMatch(line -> line.startsWith(process.pid() + " "));
    } catch (AccessDeniedException e) {
      throw notAllowed();
    } catch (IOException e) {
      throw new CliError("there is no process " + process.pid(), e); // It has just ended.
    }
  }

  private CliError notAllowed() {
    String owner = process.info().user().map(user -> " belongs to " + user).orElse(" is not ours");
    return new CliError("not allowed to record process " + process.pid() + ", which" + owner);
  }

  /** Whether a Heddle runtime has been started in it. */
  boolean runsHeddle() {
    return ask("VM.class_hierarchy", RunSlice.class.getName()).stream()
        .anyMatch(line -> line.contains(RunSlice.class.getName() + "/"));
  }

  /**
   * Starts a recording there. The settings go along in the command, since the process may see other
   * files than we do, or not be allowed to read ours.
   *
   * @param file absolute: written when the recording ends, or the process does
   * @param limitSeconds ends the recording if nobody comes to stop it
   */
  void startRecording(String name, Map<String, String> settings, Path file, long limitSeconds) {
    var command = new ArrayList<>(List.of("JFR.start", "name=" + name, "settings=none"));
    settings.forEach((setting, value) -> command.add("+" + setting + "=" + value.replace(" ", "")));
    command.add("duration=" + limitSeconds + "s");
    command.add("filename=\"" + file + "\"");
    expect(STARTED, ask(command.toArray(String[]::new)));
  }

  /** Stops a recording; returns when its file has been written. */
  void stopRecording(String name) {
    expect(STOPPED, ask("JFR.stop", "name=" + name));
  }

  private void expect(String answer, List<String> lines) {
    if (lines.stream().noneMatch(line -> line.startsWith(answer))) {
      throw new CliError(this + " does not record: " + String.join(" ", lines).strip());
    }
  }

  /** What the JVM answers to a diagnostic command. */
  private List<String> ask(String... command) {
    var arguments = new ArrayList<String>();
    arguments.add(String.valueOf(process.pid()));
    arguments.addAll(List.of(command));
    List<String> lines = jcmd(arguments.toArray(String[]::new));
    return lines.subList(Math.min(1, lines.size()), lines.size()); // The first repeats the id.
  }

  private List<String> jcmd(String... arguments) {
    var command = new ArrayList<String>();
    command.add(JCMD.toString());
    command.addAll(List.of(arguments));
    try {
      Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
      List<String> lines;
      try (var output = jcmd.inputReader()) {
        lines = output.lines().toList();
      }
      if (jcmd.waitFor() != 0) {
        throw new CliError("cannot reach " + this + ": " + reason(lines));
      }
      return lines;
    } catch (IOException e) {
      throw new CliError("cannot run " + JCMD + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliError("interrupted", e);
    }
  }

  /** {@code jcmd} prints a stack trace, whose first line has the message. */
  private static String reason(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("Exception: "))
        .findFirst()
        .map(line -> line.substring(line.indexOf(": ") + 2))
        .orElse(String.join(" ", lines));
  }

  @Override
  public String toString() {
    String name =
        process
            .info()
            .command()
            .map(command -> " (" + Path.of(command).getFileName() + ")")
            .orElse("");
    return "process " + process.pid() + name;
  }
}
