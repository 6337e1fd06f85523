package dev.heddle.bench.tasks;

import java.util.List;

/**
 * A tree of tasks, each the parent of ten, down to a million leaves whose numbers are summed up on
 * the way back: the creation of tasks, and parents that wait for children.
 */
final class Skynet implements Program {
  private static final int CHILDREN = 10;

  private final int leaves;

  /** With a power of ten as the number of leaves. */
  Skynet(int leaves) {
    this.leaves = leaves;
  }

  @Override
  public List<Sample> run(Tasks tasks) throws InterruptedException {
    long begin = System.nanoTime();
    var root = new Node(tasks, 0, leaves);
    tasks.go(root).join();
    long nanos = System.nanoTime() - begin;
    if (root.sum != (long) leaves * (leaves - 1) / 2) {
      throw new IllegalStateException("the sum is wrong: " + root.sum);
    }
    return List.of(new Sample("skynet", nanos / 1e6, "ms"));
  }

  private static final class Node implements Tasks.Body {
    private final Tasks tasks;
    private final long first;
    private final int leaves;
    private long sum; // written by the node's own task, read after its end

    Node(Tasks tasks, long first, int leaves) {
      this.tasks = tasks;
      this.first = first;
      this.leaves = leaves;
    }

    @Override
    public void run() {
      if (leaves == 1) {
        sum = first;
        return;
      }
      var children = new Node[CHILDREN];
      var threads = new Thread[CHILDREN];
      int share = leaves / CHILDREN;
      for (int i = 0; i < CHILDREN; i++) {
        children[i] = new Node(tasks, first + (long) i * share, share);
        threads[i] = tasks.go(children[i]);
      }
      for (int i = 0; i < CHILDREN; i++) {
        join(threads[i]);
        sum += children[i].sum;
      }
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
