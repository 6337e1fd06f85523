import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.runtime {
  requires transitive dev.heddle.scheduler;
  requires transitive dev.heddle.netio;
  requires org.slf4j;
  requires jdk.jfr;
  requires java.management;
  requires static org.jspecify;

  exports dev.heddle;
  exports dev.heddle.net;
}
