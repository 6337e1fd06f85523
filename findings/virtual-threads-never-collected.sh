#!/usr/bin/env bash
# A virtual thread that nobody can wake any more stays in memory for ever.
#
# Guess:   its stack is an object in the heap and no GC root (so says JEP 444), so a thread that waits on a queue that
#          only it can reach is collected together with the queue. A server may forget tasks that wait.
# Saw:     after five full collections all 2000 such threads are still there: the JVM keeps every virtual thread in a
#          set so that thread dumps show it. With -Djdk.trackAllThreads=false all of them are collected. A forgotten
#          waiter is a leak, stack and all, as a goroutine is.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Forgotten <<'JAVA'
import java.lang.ref.WeakReference;
import java.util.*;
import java.util.concurrent.*;

class Forgotten {
  public static void main(String[] args) throws Exception {
    var threads = new ArrayList<WeakReference<Thread>>();
    var started = new CountDownLatch(2000);
    for (int i = 0; i < 2000; i++) {
      threads.add(new WeakReference<>(Thread.ofVirtual().start(() -> {
        started.countDown();
        try {
          new SynchronousQueue<String>().take();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      })));
    }
    started.await();
    Thread.sleep(500);
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(200);
    }
    System.out.println(args[0] + ": " + threads.stream().filter(t -> t.get() != null).count() + " of 2000 are left");
  }
}
JAVA
{
  java_run Forgotten 'default'
  java_run -Djdk.trackAllThreads=false Forgotten 'trackAllThreads=false'
} >"$work/out"
seen "$work/out" '^default: 2000 of 2000' '^trackAllThreads=false: [0-9]{1,2} of 2000'
