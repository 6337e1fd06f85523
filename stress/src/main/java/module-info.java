import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.stress {
  requires dev.heddle.runtime;
  requires org.slf4j;
  requires static org.jspecify;
}
