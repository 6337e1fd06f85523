import org.jspecify.annotations.NullMarked;

@NullMarked
module dev.heddle.trace {
  requires dev.heddle.scheduler;
  requires com.fasterxml.jackson.core;
  requires HdrHistogram;
  requires jdk.jfr;
  requires static org.jspecify;

  exports dev.heddle.trace;
}
