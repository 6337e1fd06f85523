import org.jspecify.annotations.NullMarked;

/** Runs virtual threads on processors and carriers of its own. */
@NullMarked
module dev.heddle.scheduler {
  requires org.jctools.core.jdk11;
  requires org.slf4j;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.heddle.scheduler;
  exports dev.heddle.scheduler.events;
}
