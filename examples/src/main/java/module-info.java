import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.examples {
  requires dev.heddle.runtime;
  requires info.picocli;
  requires org.slf4j;
  requires static org.jspecify;
}
