package dev.heddle.stress.suites;

import dev.heddle.stress.Lane;
import dev.heddle.stress.Run;
import dev.heddle.stress.Suite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/** Rings of tasks that hand a token on through java.util.concurrent queues. */
public final class Rings implements Suite {
  private static final int MAX_RING = 100;
  private static final long END = -1;

  @Override
  public String name() {
    return "rings";
  }

  @Override
  public String proves() {
    return "Blocking library queues hand over every element once and in order, through any number"
        + " of tasks.";
  }

  @Override
  public Kind kind() {
    return Kind.SCHEDULER;
  }

  @Override
  public void run(Run run) throws Exception {
    run.lanes(Math.max(1, run.connections() / 16), lane -> ring(run, lane));
  }

  private static void ring(Run run, Lane lane) throws InterruptedException {
    int size = lane.between(2, MAX_RING);
    List<SynchronousQueue<Long>> links = new ArrayList<>();
    for (int i = 0; i <= size; i++) {
      links.add(new SynchronousQueue<>());
    }
    for (int i = 0; i < size; i++) {
      var in = links.get(i);
      var out = links.get(i + 1);
      run.go("ring-" + lane.index() + "-" + i, () -> handOn(in, out));
    }
    var first = links.getFirst();
    var last = links.getLast();
    for (long token = 0; !run.isOver(); token += size) {
      long startNanos = System.nanoTime();
      first.put(token);
      long back = last.take();
      run.check(back == token + size, "token " + token + " came round as " + back);
      run.doneMany(size);
      run.latency((System.nanoTime() - startNanos) / size);
    }
    first.put(END);
    run.check(last.take() == END, "the end did not come round");
    run.check(last.poll(1, TimeUnit.MILLISECONDS) == null, "a token too many");
  }

  /** Each task adds one to the token. */
  private static void handOn(SynchronousQueue<Long> in, SynchronousQueue<Long> out)
      throws InterruptedException {
    for (; ; ) {
      long token = in.take();
      out.put(token == END ? END : token + 1);
      if (token == END) {
        return;
      }
    }
  }
}
