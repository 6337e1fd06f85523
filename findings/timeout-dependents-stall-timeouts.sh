#!/usr/bin/env bash
# What depends on a CompletableFuture's timeout runs on the one thread that keeps every timeout of the JVM.
#
# Guess:   the dependents of a future that orTimeout or completeOnTimeout completes run on workers of the common pool,
#          as those of delayedExecutor do, so one that blocks delays nobody else's timeout.
# Saw:     they run on "ForkJoinPool.commonPool-delayScheduler". A fallback that blocks for 1.5 s there made an
#          unrelated timeout of 0.2 s come after 1.5 s. (The timed sleep of a virtual thread is not delayed: another
#          thread keeps those.) Fallbacks after a timeout belong into exceptionallyAsync.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Timeouts <<'JAVA'
import java.util.concurrent.*;

class Timeouts {
  public static void main(String[] args) throws Exception {
    new CompletableFuture<String>().orTimeout(1, TimeUnit.MILLISECONDS).exceptionally(e -> "").join(); // warm
    long start = System.nanoTime();
    new CompletableFuture<String>().orTimeout(50, TimeUnit.MILLISECONDS).exceptionally(e -> {
      System.out.println("fallback runs on " + Thread.currentThread().getName());
      sleep(1500);
      return "";
    });
    var other = new CompletableFuture<String>().orTimeout(200, TimeUnit.MILLISECONDS);
    try {
      other.get();
    } catch (ExecutionException e) {
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println("other timeout of 200 ms: " + (millis >= 1400 ? "late" : "in time") + " (" + millis + " ms)");
    }
    CompletableFuture.runAsync(
            () -> System.out.println("delayed task runs on " + Thread.currentThread().getName()),
            CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS))
        .get();
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
JAVA
java_run Timeouts >"$work/out"
seen "$work/out" '^fallback runs on .*delayScheduler' '^other timeout of 200 ms: late' '^delayed task runs on .*commonPool-worker'
