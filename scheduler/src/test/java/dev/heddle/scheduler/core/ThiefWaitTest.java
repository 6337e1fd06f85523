package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a thief waits for more, seen by how often it looks. */
final class ThiefWaitTest {
  private final TestEngine scheduler = TestEngine.start(SchedulerOptions.DEFAULT, Poller.none());
  private final Processor thief = notStarted(0);
  private final Processor victim = notStarted(1);
  private final Processor other = notStarted(2);

  private int looks;
  private int tasksAtLook = Integer.MAX_VALUE;
  private Runnable meanwhile = () -> {};
  private final ThiefWait wait = new ThiefWait(thief, this::look);

  private Processor notStarted(int index) {
    Processor processor = scheduler.pool.newProcessor(index, Processor.RUNNING);
    begin(processor, 1);
    return processor;
  }

  /** The carrier is in a task: in another, for another number. */
  private static void begin(Processor processor, long ticks) {
    processor.begin(TestTasks.task(0), ticks);
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
  private void makeAndSteal(Processor from) {
    from.queue.push(TestTasks.task(0));
    assertTrue(from.queue.stealInto(thief.queue) != null);
    wait.stole(from);
  }

  @Test
  void aThiefThatHasStolenAtMostOnceGoesToSleepWithoutALook() {
    assertFalse(wait.awaitMore());
    makeAndSteal(victim);
    assertFalse(wait.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void aThiefThatOneTaskHasFedTwiceWaitsForMore() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    tasksAtLook = 3;
    assertTrue(wait.awaitMore());
    assertEquals(3, looks);
    tasksAtLook = 5;
    assertTrue(wait.awaitMore(), "and again, as long as there is more");
    assertEquals(5, looks);
  }

  @Test
  void aWaitThatFindsNothingEndsAndIsNotRepeatedBeforeTheNextSteal() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    assertFalse(wait.awaitMore());
    int once = looks;
    assertTrue(once > 0);
    assertFalse(wait.awaitMore());
    assertEquals(once, looks);
    makeAndSteal(victim);
    assertFalse(wait.awaitMore(), "fed once more");
    assertTrue(looks > once);
  }

  @Test
  void tasksThatWereQueuedBeforeTheFirstTheftDoNotFeedAThief() {
    victim.queue.push(TestTasks.task(0));
    victim.queue.push(TestTasks.task(1));
    victim.queue.push(TestTasks.task(2));
    for (int i = 0; i < 2; i++) {
      assertTrue(victim.queue.stealInto(thief.queue) != null);
      wait.stole(victim);
    }
    assertFalse(wait.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void theftsFromAnotherTaskOrAnotherVictimDoNotCountTogether() {
    makeAndSteal(victim);
    begin(victim, 2);
    makeAndSteal(victim);
    assertFalse(wait.awaitMore());
    makeAndSteal(other);
    assertFalse(wait.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void tasksThatEventsQueueDoNotFeedAThief() {
    makeAndSteal(victim);
    victim.end(); // it polls
    makeAndSteal(victim);
    makeAndSteal(victim);
    assertFalse(wait.awaitMore());
    assertEquals(0, looks);
  }

  @Test
  void theWaitEndsWithTheVictimsTask() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> victim.end();
    assertFalse(wait.awaitMore());
    assertEquals(1, looks);
  }

  @Test
  void theWaitEndsWhenTheVictimIsInAnotherTask() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> begin(victim, 2);
    assertFalse(wait.awaitMore());
    assertEquals(1, looks);
  }

  @Test
  void theWaitEndsWhenTheThiefLosesItsRight() {
    makeAndSteal(victim);
    makeAndSteal(victim);
    meanwhile = () -> thief.retake();
    assertFalse(wait.awaitMore());
    assertEquals(1, looks);
  }
}
