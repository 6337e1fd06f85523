package dev.heddle.netio.poll;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One reader at a time: an unprotected counter that each increments inside is exact. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "each was alone inside")
@Outcome(expect = Expect.FORBIDDEN, desc = "two were inside")
@State
public class FdMutexExclusionProof {
  private final FdMutex mutex = new FdMutex();
  private int inside; // guarded by the mutex

  @Actor
  public void first() {
    increment();
  }

  @Actor
  public void second() {
    increment();
  }

  private void increment() {
    try {
      mutex.lockRead();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inside++;
    mutex.unlockRead();
  }

  @Arbiter
  public void after(I_Result result) {
    result.r1 = inside;
  }
}
