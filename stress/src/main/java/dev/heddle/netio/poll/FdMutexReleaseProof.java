package dev.heddle.netio.poll;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The descriptor is released exactly once, and never while an operation is inside. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "released once, after the last has left")
@Outcome(expect = Expect.FORBIDDEN, desc = "released twice, never, or under an operation")
@State
public class FdMutexReleaseProof {
  private final FdMutex mutex = new FdMutex();
  private final AtomicInteger releases = new AtomicInteger();
  private final AtomicInteger usesAfterRelease = new AtomicInteger();

  @Actor
  public void reader() {
    try {
      mutex.lockRead();
    } catch (IOException e) {
      return; // closed
    }
    use();
    if (mutex.unlockRead()) {
      releases.incrementAndGet();
    }
  }

  @Actor
  public void closer() {
    if (mutex.close() && mutex.release()) {
      releases.incrementAndGet();
    }
  }

  private void use() {
    if (releases.get() > 0) {
      usesAfterRelease.incrementAndGet();
    }
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = releases.get();
    result.r2 = usesAfterRelease.get();
  }
}
