package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Tasks inside native calls that block the carrier, beside tasks that need it. */
public final class Blockers implements Suite {
  private static final int MAX_BLOCK_MICROS = 30_000;

  @Override
  public String name() {
    return "blockers";
  }

  @Override
  public String proves() {
    return "Native calls that block do not stop the other tasks.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public String unfit() {
    return "blocks carriers in native calls";
  }

  @Override
  public void run(Run run) throws Exception {
    int blockers = 2 * run.heddle().processors();
    MethodHandle usleep = usleep();
    run.lanes(
        blockers + Math.max(2, run.connections() / 4),
        lane -> {
          if (lane.index() < blockers) {
            block(run, lane, usleep);
          } else {
            work(run, lane);
          }
        });
  }

  @SuppressWarnings("restricted") // a C call that blocks is what this is about
  private static MethodHandle usleep() {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("usleep"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  private static void block(Run run, Lane lane, MethodHandle usleep) throws Exception {
    while (!run.isOver()) {
      try {
        int _ = (int) usleep.invokeExact(lane.between(1, MAX_BLOCK_MICROS));
      } catch (Throwable e) {
        throw new IOException(e);
      }
      run.alive();
      Thread.sleep(lane.between(0, 2));
    }
  }

  private static void work(Run run, Lane lane) throws InterruptedException {
    while (!run.isOver()) {
      Thread.sleep(lane.between(0, 3));
      long startNanos = System.nanoTime();
      run.giveWay();
      long waitedNanos = System.nanoTime() - startNanos;
      run.check(
          waitedNanos < run.patienceNanos(), "a task waited " + waitedNanos + " ns for a carrier");
      run.done(startNanos);
    }
  }
}
