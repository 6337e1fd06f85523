import org.jspecify.annotations.NullMarked;

/** Heddle's figures for Micrometer. */
@NullMarked
module dev.heddle.micrometer {
  requires transitive dev.heddle.runtime;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports dev.heddle.micrometer;
}
