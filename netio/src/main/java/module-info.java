import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.netio {
  requires transitive dev.heddle.scheduler;
  requires org.slf4j;
  requires tls.channel;
  requires static transitive org.jspecify;

  exports dev.heddle.netio;
}
