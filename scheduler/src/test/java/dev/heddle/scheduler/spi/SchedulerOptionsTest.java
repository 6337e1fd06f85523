package dev.heddle.scheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SchedulerOptionsTest {
  @Test
  void defaultsAreAsManyProcessorsAsTheJvmSees() {
    assertEquals(Runtime.getRuntime().availableProcessors(), SchedulerOptions.DEFAULT.processors());
    assertEquals(256, SchedulerOptions.DEFAULT.localQueueCapacity());
  }

  @Test
  void changingOneThingLeavesTheOthers() {
    var options =
        SchedulerOptions.DEFAULT.withName("n").withProcessors(3).withLocalQueueCapacity(16);
    assertEquals("n", options.name());
    assertEquals(3, options.processors());
    assertEquals(16, options.localQueueCapacity());
    assertEquals(
        SchedulerOptions.DEFAULT.maxSpareCarriers(), options.maxSpareCarriers(), "not changed");
    assertEquals("heddle", SchedulerOptions.DEFAULT.name(), "a copy was changed");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1025})
  void rejectsProcessorsOutOfRangeAndSaysWhatTheRangeIs(int processors) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> SchedulerOptions.DEFAULT.withProcessors(processors));
    assertTrue(e.getMessage().contains("1 to 1024"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 0, 1, 3, 100})
  void rejectsQueueCapacitiesThatAreNoPowerOfTwo(int capacity) {
    assertThrows(
        IllegalArgumentException.class,
        () -> SchedulerOptions.DEFAULT.withLocalQueueCapacity(capacity));
  }
}
