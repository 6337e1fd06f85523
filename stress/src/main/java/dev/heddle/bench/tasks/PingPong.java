package dev.heddle.bench.tasks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Two tasks that wake each other in turn: each switch is one park and one unpark. */
public final class PingPong {
  private final int switches;
  private final CountDownLatch done = new CountDownLatch(2);
  private final CountDownLatch started = new CountDownLatch(1);

  /** How many switches have been made; the next is up to task number {@code turn % 2}. */
  private volatile int turn;

  private PingPong(int switches) {
    this.switches = switches;
  }

  /** Makes so many switches. */
  public static void run(Tasks tasks, int switches) throws InterruptedException {
    new PingPong(switches).play(tasks);
  }

  private void play(Tasks tasks) throws InterruptedException {
    var players = new Player[] {new Player(0), new Player(1)};
    for (var player : players) {
      player.thread = tasks.go(player);
    }
    players[0].other = players[1].thread;
    players[1].other = players[0].thread;
    started.countDown();
    done.await();
  }

  private final class Player implements Tasks.Body {
    private final int number;

    // Both written before the latch that the player awaits.
    private Thread thread = Thread.currentThread();
    private Thread other = Thread.currentThread();

    Player(int number) {
      this.number = number;
    }

    @Override
    public void run() {
      try {
        started.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      for (int mine = number; mine < switches; mine += 2) {
        while (turn != mine) {
          LockSupport.park(this);
        }
        turn = mine + 1;
        LockSupport.unpark(other);
      }
      done.countDown();
    }
  }
}
