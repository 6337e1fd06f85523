#!/usr/bin/env bash
# On one or two CPUs, JDK 25 runs a second supplyAsync only when the first has finished.
#
# Guess:   on a small machine CompletableFuture starts a thread a task, because the common pool has no parallelism there
#          (it did so up to JDK 24), so a task may wait for another task.
# Saw:     since 25 the async methods always use the common pool, which has one worker on one and on two CPUs: a task
#          that waits on a latch for a second one waits for ever. With three CPUs, or on JDK 17 with two, it works. What
#          passes on a laptop hangs in a container with two CPUs, after an upgrade.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Two <<'JAVA'
import java.util.concurrent.*;

class Two {
  public static void main(String[] args) throws Exception {
    var second = new CountDownLatch(1);
    var first = CompletableFuture.supplyAsync(() -> {
      try {
        return second.await(3, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    CompletableFuture.runAsync(second::countDown);
    System.out.println(Runtime.getRuntime().availableProcessors() + " CPU(s): the second task "
        + (first.get() ? "runs beside the first" : "does not run while the first waits"));
  }
}
JAVA
for cpus in 1 2 3; do
  java_run -XX:ActiveProcessorCount=$cpus Two
done >"$work/out"
seen "$work/out" '^1 CPU.* does not run' '^2 CPU.* does not run' '^3 CPU.* runs beside'
