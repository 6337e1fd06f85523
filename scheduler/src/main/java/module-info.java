import org.jspecify.annotations.NullMarked;

@NullMarked
@SuppressWarnings("module") // The modules named in "exports … to" are built after this one.
module dev.heddle.scheduler {
  requires org.jctools.core.jdk11;
  requires org.slf4j;
  requires jdk.jfr;
  requires static org.jspecify;

  exports dev.heddle.scheduler;

  // For the modules that make a runtime of it; not for users.
  exports dev.heddle.scheduler.events to
      dev.heddle.netio,
      dev.heddle.runtime,
      dev.heddle.trace,
      dev.heddle.cli,
      dev.heddle.stress;
  exports dev.heddle.scheduler.facade to
      dev.heddle.netio,
      dev.heddle.runtime,
      dev.heddle.simulation,
      dev.heddle.stress;
  exports dev.heddle.scheduler.spi to
      dev.heddle.netio,
      dev.heddle.runtime,
      dev.heddle.simulation,
      dev.heddle.cli,
      dev.heddle.stress;
  exports dev.heddle.scheduler.time to
      dev.heddle.netio,
      dev.heddle.runtime,
      dev.heddle.simulation,
      dev.heddle.stress;
}
