import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.runtime {
  requires dev.heddle.scheduler;
  requires dev.heddle.netio;
  requires org.slf4j;
  requires static org.jspecify;
}
