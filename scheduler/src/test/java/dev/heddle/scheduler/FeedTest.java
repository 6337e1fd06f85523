package dev.heddle.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a thief waits for more, seen by how often it looks. */
final class FeedTest {
  private final Scheduler scheduler = Scheduler.start(SchedulerOptions.DEFAULT, Poller.none());
  private final Carrier thief = notStarted(0);
  private final Carrier victim = notStarted(1);
  private final Carrier other = notStarted(2);

  private int looks;
  private int tasksAtLook = Integer.MAX_VALUE;
  private Runnable meanwhile = () -> {};
  private final Feed feed = new Feed(thief.processor, this::look);

  private Carrier notStarted(int index) {
    Carrier carrier = scheduler.newCarrier(index, Processor.RUNNING);
    begin(carrier, 1);
    return carrier;
  }

  /** The carrier is in a task: in another, for another number. */
  private static void begin(Carrier carrier, long ticks) {
    carrier.current = TestTasks.task(0);
    carrier.processor.ticks = ticks;
  }

  @AfterEach
  void close() {
    scheduler.close();
  }

  private boolean look() {
    looks++;
    meanwhile.run();
    return looks == tasksAtLook;
  }

  /** The task of a processor makes another runnable, and the thief takes it. */
  private void makeAndSteal(Carrier from) {
    from.processor.queue.push(TestTasks.task(0));
    assertTrue(from.processor.queue.stealInto(thief.processor.queue) != null);
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
    victim.processor.queue.push(TestTasks.task(0));
    victim.processor.queue.push(TestTasks.task(1));
    victim.processor.queue.push(TestTasks.task(2));
    for (int i = 0; i < 2; i++) {
      assertTrue(victim.processor.queue.stealInto(thief.processor.queue) != null);
      feed.stole(victim);
    }
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void anotherTaskOrAnotherVictimIsNoFeed() {
    makeAndSteal(victim);
    begin(victim, 2);
    makeAndSteal(victim);
    assertFalse(feed.awaitMore());
    makeAndSteal(other);
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void whatEventsPutInBetweenTasksIsNoFeed() {
    makeAndSteal(victim);
    victim.current = null; // it polls
    makeAndSteal(victim);
    makeAndSteal(victim);
    assertFalse(feed.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void theWaitEndsWithTheVictimsTask() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> victim.current = null;
    assertFalse(feed.awaitMore());
    assertEquals(1, looks);
  }

  @Test
  void theWaitEndsWhenTheVictimIsInAnotherTask() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> begin(victim, 2);
    assertFalse(feed.awaitMore());
    assertEquals(1, looks);
  }

  @Test
  void theWaitEndsWhenTheThiefLosesItsRight() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> thief.processor.setState(Processor.RETAKEN);
    assertFalse(feed.awaitMore());
    assertEquals(1, looks);
  }
}
