package dev.heddle.netio.poll;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The twin of {@link FdMutexReleaseProof}: a closed flag and a count of users, as two fields. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "released once, after the last has left")
@Outcome(
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "broken: twice, never, or under an operation")
@State
public class FdMutexReleaseTwin {
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger releases = new AtomicInteger();
  private final AtomicInteger usesAfterRelease = new AtomicInteger();
  private volatile boolean closed;

  @Actor
  public void reader() {
    operate();
  }

  @Actor
  public void closer() {
    closed = true;
    if (inside.get() == 0) {
      releases.incrementAndGet();
    }
  }

  private void operate() {
    if (closed) {
      return;
    }
    inside.incrementAndGet(); // it may have been closed and released since
    if (releases.get() > 0) {
      usesAfterRelease.incrementAndGet();
    }
    if (inside.decrementAndGet() == 0 && closed) {
      releases.incrementAndGet();
    }
  }

  @Arbiter
  public void after(II_Result result) {
    result.r1 = releases.get();
    result.r2 = usesAfterRelease.get();
  }
}
