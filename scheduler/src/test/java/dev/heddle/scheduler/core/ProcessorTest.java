package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The states of a processor: each transition of the table, and no other. */
final class ProcessorTest {
  private static Processor in(int state) {
    var processor = new Processor(0, state, new LocalRunQueue(2, new GlobalRunQueue(1, 2)), null);
    processor.setCarrier(Thread.currentThread());
    return processor;
  }

  private static void becomes(int expected, int from, java.util.function.Consumer<Processor> move) {
    for (int state = Processor.RUNNING; state <= Processor.RETIRED; state++) {
      Processor processor = in(state);
      if (state == from) {
        move.accept(processor);
        assertEquals(expected, processor.state());
      } else {
        int before = state;
        assertThrows(AssertionError.class, () -> move.accept(processor), "from state " + before);
        assertEquals(before, processor.state());
      }
    }
  }

  @Test
  void losesItsRightOnce() {
    Processor processor = in(Processor.RUNNING);
    assertTrue(processor.retake());
    assertEquals(Processor.RETAKEN, processor.state());
    assertFalse(processor.retake());
    assertFalse(in(Processor.SPARE).retake());
  }

  @Test
  void eachStateFollowsFromOneOther() {
    becomes(Processor.RUNNING, Processor.RETAKEN, Processor::regain);
    becomes(Processor.SPARE, Processor.RETAKEN, Processor::becomeSpare);
    becomes(Processor.RUNNING, Processor.SPARE, Processor::activate);
    becomes(Processor.RETIRED, Processor.SPARE, Processor::retire);
    becomes(Processor.SPARE, Processor.RETIRED, Processor::reuse);
  }
}
