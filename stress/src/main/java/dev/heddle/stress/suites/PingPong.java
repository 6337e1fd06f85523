package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Pairs of tasks that wake each other with park and unpark only. */
public final class PingPong implements Suite {
  private static final int BATCH = 64;

  @Override
  public String name() {
    return "ping-pong";
  }

  @Override
  public String proves() {
    return "No wakeup is lost between a task that parks and one that unparks it at the same"
        + " moment.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(run.connections(), lane -> new Pair(run).play(lane));
  }

  /**
   * A turn counter that both move: even is ping's turn, odd is pong's. A negative one ends the
   * game.
   */
  private static final class Pair {
    private final Run run;
    private volatile long turn;

    Pair(Run run) {
      this.run = run;
    }

    void play(Lane lane) throws InterruptedException {
      var ended = new CountDownLatch(1);
      var ping = Thread.currentThread();
      var pong =
          run.go(
              "pong-" + lane.index(),
              () -> {
                try {
                  pong(ping);
                } finally {
                  ended.countDown();
                }
              });
      long moves = 0;
      while (!run.isOver()) {
        long startNanos = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
          awaitTurn(moves);
          turn = ++moves;
          run.unpark(pong);
          awaitTurn(++moves);
        }
        run.doneMany(BATCH);
        run.latency((System.nanoTime() - startNanos) / BATCH);
      }
      turn = -1;
      run.unpark(pong);
      ended.await();
    }

    private void pong(Thread ping) {
      for (long move = 1; awaitTurn(move); move += 2) {
        turn = move + 1;
        run.unpark(ping);
      }
    }

    /** False if the game has ended. */
    private boolean awaitTurn(long move) {
      for (; ; ) {
        long now = turn;
        if (now == move || now < 0) {
          return now >= 0;
        }
        if (now > move) {
          run.violation("turn " + now + " came before " + move);
          return false;
        }
        LockSupport.park();
      }
    }
  }
}
