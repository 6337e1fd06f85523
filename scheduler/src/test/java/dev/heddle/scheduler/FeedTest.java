package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When a thief waits for more, seen by how often it looks. */
final class FeedTest {
  private final GlobalRunQueue global = new GlobalRunQueue(3, 4);
  private final Processor thief = processor(0);
  private final Processor victim = processor(1);
  private final Processor other = processor(2);

  private int looks;
  private int tasksAtLook = Integer.MAX_VALUE;
  private Runnable meanwhile = () -> {};
  private final Feed feed = new Feed(thief, this::look);

  private Processor processor(int index) {
    var timers = new TimerHeaps(3, Poller.none());
    return new Processor(index, Processor.RUNNING, new LocalRunQueue(4, global), timers.get(index));
  }

  private boolean look() {
    looks++;
    meanwhile.run();
    return looks == tasksAtLook;
  }

  /** The task of a processor makes another runnable, and the thief takes it. */
  private void makeAndSteal(Processor from) {
    from.queue.push(TestTasks.task(0));
    assertTrue(from.queue.stealInto(thief.queue) != null);
    feed.stole(from);
  }

  @Test
  void whoHasStolenNothingOrOnceGoesToSleepWithoutALook() {
    assertFalse(feed.awaitMore());
    makeAndSteal(victim);
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void whomATaskHasFedTwiceWaitsForMore() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    tasksAtLook = 3;
    assertTrue(feed.awaitMore());
    assertEquals(3, looks);
    tasksAtLook = 5;
    assertTrue(feed.awaitMore(), "and again, as long as there is more");
    assertEquals(5, looks);
  }

  @Test
  void thatWaitsInVainEndsAndIsNotRepeated() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    assertFalse(feed.awaitMore());
    int once = looks;
    assertTrue(once > 0);
    assertFalse(feed.awaitMore());
    assertEquals(once, looks);
    makeAndSteal(victim);
    assertFalse(feed.awaitMore(), "fed once more");
    assertTrue(looks > once);
  }

  @Test
  void whatWasThereBeforeIsNoFeed() {
    victim.queue.push(TestTasks.task(0));
    victim.queue.push(TestTasks.task(1));
    victim.queue.push(TestTasks.task(2));
    for (int i = 0; i < 2; i++) {
      assertTrue(victim.queue.stealInto(thief.queue) != null);
      feed.stole(victim);
    }
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void anotherTaskOrAnotherVictimIsNoFeed() {
    makeAndSteal(victim);
    victim.ticks = 1;
    makeAndSteal(victim);
    assertFalse(feed.awaitMore());
    makeAndSteal(other);
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void theWaitEndsWithTheVictimsTask() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> victim.ticks = 1;
    assertFalse(feed.awaitMore());
    assertEquals(1, looks);
  }

  @Test
  void theWaitEndsWhenTheThiefLosesItsRight() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> thief.setState(Processor.RETAKEN);
    assertFalse(feed.awaitMore());
    assertEquals(1, looks);
  }
}
