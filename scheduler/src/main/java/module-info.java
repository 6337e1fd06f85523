import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.scheduler {
  requires org.slf4j;
  requires org.jctools.core;
  requires static org.jspecify;
}
