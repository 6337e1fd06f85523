import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.examples {
  requires dev.heddle.runtime;
  requires com.h2database;
  requires dev.heddle.cli;
  requires info.picocli;
  requires java.management;
  requires java.sql;
  requires org.eclipse.jetty.server;
  requires org.slf4j;
  requires static org.jspecify;

  opens dev.heddle.examples to
      info.picocli;

  provides dev.heddle.cli.CliCommand with
      dev.heddle.examples.Run;
}
