package dev.heddle.netio.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

final class PollDescTableTest {
  private final PollDescTable table = new PollDescTable();

  private PollDesc put(int fd) throws Exception {
    try (var channel = SocketChannel.open();
        var poller = new SelectorPoller(NoTimers.INSTANCE)) {
      var desc = new PollDesc(poller, LateChannel.of(channel, fd), table.nextGeneration());
      table.put(desc);
      return desc;
    }
  }

  @Test
  void findsADescriptorByNumberAndGeneration() throws Exception {
    var desc = put(7);
    assertSame(desc, table.find(7, desc.generation));
    assertNull(table.find(8, desc.generation));
  }

  @Test
  void anEventOfAnEarlierGenerationFindsNothing() throws Exception {
    var old = put(7);
    table.remove(old);
    assertNull(table.find(7, old.generation));
    var reused = put(7);
    assertNotEquals(old.generation, reused.generation);
    assertNull(table.find(7, old.generation));
    assertSame(reused, table.find(7, reused.generation));
  }

  @Test
  void removingAnOldDescriptorLeavesTheNewOneOfItsNumber() throws Exception {
    var old = put(7);
    var reused = put(7);
    assertEquals(1, table.size());
    table.remove(old);
    assertSame(reused, table.find(7, reused.generation));
    assertEquals(1, table.size());
    table.remove(reused);
    assertEquals(0, table.size());
  }

  @Test
  void growsAndKeepsWhatItHas() throws Exception {
    var low = put(3);
    var high = put(100_000);
    assertSame(low, table.find(3, low.generation));
    assertSame(high, table.find(100_000, high.generation));
    assertNull(table.find(1_000_000, 1));
    assertEquals(2, table.size());
    table.remove(low);
    table.remove(high);
    assertEquals(0, table.size());
  }
}
