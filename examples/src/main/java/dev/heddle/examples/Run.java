package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.cli.CliCommand;
import dev.heddle.cli.CliError;
import dev.heddle.cli.DumpSignal;
import dev.heddle.cli.Interrupt;
import dev.heddle.cli.TraceOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code heddle run}: finds a program by its name and runs it, with what a launcher can add from
 * outside: a trace, a dump at a signal, an orderly end at Ctrl-C.
 */
@Command(
    name = "run",
    description = "Runs a program; without a name, lists them. Its own --help has its options.")
public final class Run implements CliCommand, Callable<Integer> {
  /** What the launcher adds to each runtime. */
  private static final class Outside implements Options.Launcher {
    @Override
    public void started(Heddle heddle) {
      Interrupt.onFirst(heddle::close);
      DumpSignal.dumps(heddle);
    }
  }

  private record Entry(String help, Options.Program program) {
    String name() {
      return help.substring(0, help.indexOf(':'));
    }

    String summary() {
      return help.substring(help.indexOf(':') + 1, help.indexOf('\n')).strip();
    }
  }

  private static final List<Entry> PROGRAMS =
      List.of(
          new Entry(Echo.HELP, Echo::run),
          new Entry(UdpEcho.HELP, UdpEcho::run),
          new Entry(UnixEcho.HELP, UnixEcho::run),
          new Entry(TlsEcho.HELP, TlsEcho::run),
          new Entry(DeadlineServer.HELP, DeadlineServer::run),
          new Entry(Telnet.HELP, Telnet::run),
          new Entry(Chat.HELP, Chat::run),
          new Entry(Http.HELP, Http::run),
          new Entry(FileServer.HELP, FileServer::run),
          new Entry(MiniRedis.HELP, MiniRedis::run),
          new Entry(Queue.HELP, Queue::run),
          new Entry(Forward.HELP, Forward::run),
          new Entry(Proxy.HELP, Proxy::run),
          new Entry(WebApp.HELP, WebApp::run),
          new Entry(IoModels.HELP, IoModels::run),
          new Entry(Deadlock.HELP, Deadlock::run));

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "record what the scheduler does (see heddle trace)")
  private @Nullable Path trace;

  @Parameters(paramLabel = "NAME [OPTION]...", arity = "0..*", description = "what to run")
  private List<String> words = List.of();

  private CommandSpec spec = CommandSpec.create(); // replaced by picocli

  /** Made by the command line. */
  public Run() {}

  @Spec
  void spec(CommandSpec spec) {
    this.spec = spec;
    spec.parser().stopAtPositional(true); // what follows the name is the program's
  }

  @Override
  public Integer call() {
    if (words.isEmpty()) {
      var out = spec.commandLine().getOut();
      PROGRAMS.forEach(entry -> out.printf("%-15s %s%n", entry.name(), entry.summary()));
      return 0;
    }
    var entry = find(words.getFirst());
    var args = new ArrayList<>(words.subList(1, words.size()));
    int at = args.indexOf("--trace");
    if (at >= 0 && at + 1 < args.size()) {
      args.remove(at);
      trace = Path.of(args.remove(at));
    }
    try (var _ = TraceOption.start(trace)) {
      return Options.run(entry.help, entry.program, new Outside(), args.toArray(String[]::new));
    }
  }

  private static Entry find(String name) {
    return PROGRAMS.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new CliError("there is no 'heddle run " + name + "', but " + names()));
  }

  private static String names() {
    return PROGRAMS.stream().map(Entry::name).collect(Collectors.joining(", "));
  }
}
