package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ServeOptionsTest {
  @Test
  void aCopyChangesOneThingAndLeavesTheOriginal() {
    var before = ServeOptions.DEFAULT.toString();
    var copy =
        ServeOptions.DEFAULT
            .withMaxConnections(1)
            .withMaxPerSource(2)
            .withAcceptsPerSecond(3)
            .withRefusing(true)
            .withHeadTime(Duration.ofSeconds(4))
            .withIdleTime(Duration.ofSeconds(5))
            .withWriteStall(Duration.ofSeconds(6))
            .withAcceptors(7)
            .withPlacement(Placement.SOURCE_HASH)
            .withPinned(true);
    assertEquals(
        "ServeOptions[maxConnections=1, maxPerSource=2, acceptsPerSecond=3, refusing=true,"
            + " headTime=PT4S, idleTime=PT5S, writeStall=PT6S,"
            + " acceptors=7, placement=SOURCE_HASH, pinned=true]",
        copy.toString());
    assertEquals(before, ServeOptions.DEFAULT.toString());
  }

  @Test
  void theDefaultIsAsManyConnectionsAsTheHeapHasRoomFor() {
    long each = Runtime.getRuntime().maxMemory() / ServeOptions.DEFAULT.maxConnections();
    assertEquals(16, each / 1024);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    var options = ServeOptions.DEFAULT;
    assertEquals(
        "maxConnections must be 1 to 2147483647, not 0",
        assertThrows(IllegalArgumentException.class, () -> options.withMaxConnections(0))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> options.withMaxPerSource(0));
    assertThrows(IllegalArgumentException.class, () -> options.withAcceptsPerSecond(-1));
    assertThrows(IllegalArgumentException.class, () -> options.withAcceptors(-1));
    assertThrows(IllegalArgumentException.class, () -> options.withAcceptors(1025));
    var negative = Duration.ofMillis(-1);
    assertThrows(IllegalArgumentException.class, () -> options.withIdleTime(negative));
    assertThrows(IllegalArgumentException.class, () -> options.withWriteStall(negative));
    assertEquals(
        "headTime must not be negative, as PT-0.001S",
        assertThrows(IllegalArgumentException.class, () -> options.withHeadTime(negative))
            .getMessage());
  }
}
