#!/usr/bin/env bash
# async-profiler's jfrconv --cpu makes an empty profile of a recording by the JDK, and exits with 0.
#
# Guess:   "--cpu: CPU profile (ExecutionSample)" is what jfrconv does without an option, and the JDK's recordings hold
#          jdk.ExecutionSample.
# Saw:     without an option a hundred samples come out, with --cpu none, and no warning: the option also filters by the
#          thread state that async-profiler writes ("default"), and the JDK writes another. --wall on the same recording
#          gives all the samples, though they are not of wall-clock time; so does --cpu --state runnable.
# Package: tools.profiler:jfr-converter:4.5 on a recording of JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars tools.profiler:jfr-converter:4.5

program Burn <<'JAVA'
import java.nio.file.Path;
import jdk.jfr.*;

class Burn {
  static volatile long sink;

  public static void main(String[] args) throws Exception {
    try (var recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.start();
      for (long end = System.nanoTime() + 2_000_000_000L; System.nanoTime() < end; ) {
        sink++;
      }
      recording.stop();
      recording.dump(Path.of(args[0]));
    }
  }
}
JAVA
java_run Burn "$work/r.jfr"
convert() { # LABEL OPTION...
  local label=$1 code=0
  shift
  "$jdk/bin/java" -jar "$work"/jars/jfr-converter-4.5.jar "$@" -o collapsed "$work/r.jfr" "$work/stacks" >"$work/log" 2>&1 || code=$?
  echo "$label: exit code $code, $(awk '{ n += $NF } END { print (n > 0 ? "samples" : "no sample") }' "$work/stacks")"
}
{
  convert 'no option'
  convert '--cpu' --cpu
  convert '--cpu --state runnable' --cpu --state runnable
  convert '--wall' --wall
} >"$work/out"
seen "$work/out" '^no option: exit code 0, samples' '^--cpu: exit code 0, no sample' '^--cpu --state runnable: .*, samples' \
  '^--wall: .*, samples'
