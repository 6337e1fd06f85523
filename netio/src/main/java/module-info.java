import org.jspecify.annotations.NullMarked;

@NullMarked
@SuppressWarnings("module") // The modules named in "exports … to" are built after this one.
module dev.heddle.netio {
  requires transitive dev.heddle.scheduler;
  requires org.slf4j;
  requires static tls.channel;
  requires static org.jspecify;

  exports dev.heddle.netio;
  exports dev.heddle.netio.poll to
      dev.heddle.simulation;
  exports dev.heddle.netio.errno to
      dev.heddle.runtime,
      dev.heddle.stress;
}
