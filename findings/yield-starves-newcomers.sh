#!/usr/bin/env bash
# Virtual threads that yield keep every virtual thread started elsewhere from running at all.
#
# Guess:   Thread.yield gives all others a turn: a virtual thread that a platform thread starts runs soon, if later.
# Saw:     with as many virtual threads in "while (true) Thread.yield()" as there are carriers, one that a platform
#          thread starts does not run in five seconds. A thread that yields goes to the end of its carrier's own queue,
#          which is therefore never empty, and what comes from outside is in another queue, which a carrier looks at
#          when its own is empty. As soon as the yielding ones end, it runs. One started by a virtual thread runs at once.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Yields <<'JAVA'
import java.util.concurrent.*;

class Yields {
  static volatile boolean stop;

  public static void main(String[] args) throws Exception {
    int carriers = Runtime.getRuntime().availableProcessors();
    var running = new CountDownLatch(carriers);
    var fromInside = new CountDownLatch(1);
    for (int i = 0; i < carriers; i++) {
      boolean first = i == 0;
      Thread.startVirtualThread(() -> {
        running.countDown();
        boolean started = false;
        while (!stop) {
          Thread.yield();
          if (first && !started && running.getCount() == 0) {
            started = true;
            Thread.startVirtualThread(fromInside::countDown);
          }
        }
      });
    }
    System.out.println("started by a virtual thread: " + word(fromInside.await(5, TimeUnit.SECONDS)));
    var ran = new CountDownLatch(1);
    Thread.startVirtualThread(ran::countDown);
    System.out.println("started by a platform thread: " + word(ran.await(5, TimeUnit.SECONDS)));
    stop = true;
    System.out.println("when the others have ended: " + word(ran.await(5, TimeUnit.SECONDS)));
  }

  static String word(boolean ran) {
    return ran ? "it runs" : "it does not run in 5 s";
  }
}
JAVA
java_run Yields >"$work/out"
seen "$work/out" '^started by a virtual thread: it runs' '^started by a platform thread: it does not run' \
  '^when the others have ended: it runs'
