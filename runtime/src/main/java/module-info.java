import org.jspecify.annotations.NullMarked;

@NullMarked
@SuppressWarnings("module") // The modules named in "exports … to" are built after this one.
module dev.heddle.runtime {
  requires transitive dev.heddle.scheduler;
  requires transitive dev.heddle.netio;
  requires org.slf4j;
  requires jdk.jfr;
  requires jdk.unsupported;
  requires java.management;
  requires static info.picocli;
  requires static com.fasterxml.jackson.core;
  requires static HdrHistogram;
  requires static me.tongfei.progressbar;
  requires static transitive org.jspecify;

  exports dev.heddle;
  exports dev.heddle.cli;
  exports dev.heddle.trace to
      dev.heddle.examples,
      dev.heddle.stress;

  opens dev.heddle.cli to
      info.picocli;
  opens dev.heddle.trace to
      info.picocli;

  uses dev.heddle.cli.CliCommand;

  provides dev.heddle.cli.CliCommand with
      dev.heddle.trace.TraceCommand;
}
