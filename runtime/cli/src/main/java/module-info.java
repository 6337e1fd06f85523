import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.cli {
  requires transitive dev.heddle.runtime;
  requires transitive dev.heddle.trace;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires jdk.jfr;
  requires jdk.unsupported;
  requires static org.jspecify;

  exports dev.heddle.cli;

  opens dev.heddle.cli to
      info.picocli;
  opens dev.heddle.cli.trace to
      info.picocli;

  uses dev.heddle.cli.CliCommand;

  provides dev.heddle.cli.CliCommand with
      dev.heddle.cli.trace.TraceCommand;
}
