import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.simulation {
  requires transitive dev.heddle.runtime;
  requires java.instrument;
  requires org.slf4j;
  requires static org.junit.jupiter.api;
  requires static org.jspecify;

  exports dev.heddle.simulation;

  // The JVM starts the agent in it.
  exports dev.heddle.simulation.jdk to
      java.instrument;
}
