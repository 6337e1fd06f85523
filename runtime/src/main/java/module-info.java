import org.jspecify.annotations.NullMarked;

@NullMarked
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

  opens dev.heddle.cli to
      info.picocli;

  uses dev.heddle.cli.CliCommand;
}
