import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.simulation {
  requires transitive dev.heddle.runtime;
  requires static org.junit.jupiter.api;
  requires static org.jspecify;

  exports dev.heddle.simulation;
}
