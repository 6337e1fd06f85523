import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.scheduler {
  requires org.jctools.core.jdk11;
  requires org.slf4j;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.heddle.scheduler;
  exports dev.heddle.scheduler.events;
}
