#!/usr/bin/env bash
# jcstress does not run a test with more actors than CPUs, and still ends with exit code 0.
#
# Guess:   a test with four actors on a machine with two CPUs runs with time slices, slower and less sharp. If it cannot
#          run, the run fails.
# Saw:     it is left out. Alone it gives "No matching tests" and exit code 0; in a suite it appears in no result, and
#          the only trace is a line about scheduling before the tests start. The test below forbids every outcome, so it
#          cannot pass, and CI on a small machine is green.
# Package: org.openjdk.jcstress:jcstress-core:0.16 on JDK Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"
jars org.openjdk.jcstress:jcstress-core:0.16

cat >"$work/Tests.java" <<'JAVA'
package found;

import org.openjdk.jcstress.annotations.*;
import org.openjdk.jcstress.infra.results.I_Result;

class Tests {
  @JCStressTest
  @Outcome(id = ".*", expect = Expect.ACCEPTABLE, desc = "anything")
  @State
  public static class TwoActors {
    int x;

    @Actor
    public void one() {
      x = 1;
    }

    @Actor
    public void two(I_Result r) {
      r.r1 = x;
    }
  }

  @JCStressTest
  @Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "nothing may happen")
  @State
  public static class FourActors {
    int x;

    @Actor
    public void one() {
      x = 1;
    }

    @Actor
    public void two() {
      x = 2;
    }

    @Actor
    public void three() {
      x = 3;
    }

    @Actor
    public void four(I_Result r) {
      r.r1 = x;
    }
  }
}
JAVA
mkdir "$work/classes"
"$jdk/bin/javac" -proc:full -nowarn -cp "$work/jars/*" -d "$work/classes" "$work/Tests.java" 2>"$work/javac"
cd "$work"
for tests in FourActors 'Tests.*'; do
  code=0
  java_run org.openjdk.jcstress.Main -c 2 -m sanity -t "$tests" >"$work/log" 2>&1 || code=$?
  echo "-t $tests: exit code $code: $(grep -E 'No matching tests|All remaining tests|[0-9]+ matching test results' "$work/log" |
    sed 's/^ *//' | tr '\n' ' ')"
done >"$work/out"
seen "$work/out" '^-t FourActors: exit code 0: FATAL: No matching tests' '^-t Tests.*: exit code 0: All remaining tests: 1 matching'
