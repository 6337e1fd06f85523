package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StealOrderTest {
  private static List<Integer> round(StealOrder order, int count) {
    order.begin(count);
    var visited = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      visited.add(order.next());
    }
    return visited;
  }

  @Test
  void aRoundVisitsEveryVictimOnce() {
    var order = new StealOrder(7);
    for (int count = 1; count <= 130; count++) {
      assertEquals(
          IntStream.range(0, count).boxed().toList(),
          round(order, count).stream().sorted().toList());
    }
  }

  @Test
  void theSameSeedGivesTheSameOrder() {
    var one = new StealOrder(42);
    var other = new StealOrder(42);
    for (int i = 0; i < 100; i++) {
      assertEquals(round(one, 16), round(other, 16));
    }
  }

  @Test
  void thievesWithDifferentSeedsSpreadOut() {
    var starts = new ArrayList<Integer>();
    for (int seed = 0; seed < 64; seed++) {
      starts.add(round(new StealOrder(seed), 16).getFirst());
    }
    assertNotEquals(1, starts.stream().distinct().count());
  }
}
