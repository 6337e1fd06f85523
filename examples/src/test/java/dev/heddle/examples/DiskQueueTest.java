package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DiskQueueTest {
  private static final int SEGMENT = 100; // a few records

  @TempDir Path temporary;
  private Path folder;
  private int round;

  private DiskQueue open() throws IOException {
    folder = temporary.resolve("queue" + round);
    var limits = new DiskQueue.Limits(SEGMENT, 1, Duration.ofMillis(1));
    return new DiskQueue(folder, limits, DiskQueue.Action::run);
  }

  private static void store(DiskQueue queue, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      assertEquals(i, queue.store(List.of(("message " + i).getBytes(UTF_8))));
    }
  }

  /** The texts of all that can be taken, none of which is done. */
  private static List<String> takeAll(DiskQueue queue) throws IOException {
    var all = new ArrayList<String>();
    for (DiskQueue.Message m; (m = queue.take(Duration.ZERO)) != null; ) {
      all.add(new String(m.body, UTF_8));
    }
    return all;
  }

  private static List<String> messages(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "message " + i).toList();
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".segment")).sorted().toList();
    }
  }

  @Test
  void whatIsNotDoneIsThereAfterReopeningInItsOrder() throws IOException {
    try (var queue = open()) {
      store(queue, 0, 50);
      assertEquals(messages(0, 50), takeAll(queue));
      for (int i = 0; i < 30; i++) {
        queue.done(i);
      }
      queue.done(40); // 30 to 39 are not, so it is delivered again
    }
    try (var queue = open()) {
      store(queue, 50, 60);
      assertEquals(30, queue.waiting());
      assertEquals(messages(30, 60), takeAll(queue));
    }
  }

  @Test
  void filesAreOfBoundedSizeAndGoWhenTheirMessagesAreDone() throws IOException {
    try (var queue = open()) {
      store(queue, 0, 200);
      int before = segments().size();
      assertTrue(before > 200 * 18 / SEGMENT, "segments: " + before);
      for (var file : segments()) {
        assertTrue(Files.size(file) <= SEGMENT, file::toString);
      }
      takeAll(queue);
      for (int i = 0; i < 200; i++) {
        queue.done(i);
      }
      queue.storePosition();
      assertEquals(1, segments().size());
      store(queue, 200, 210);
      assertEquals(messages(200, 210), takeAll(queue));
    }
  }

  @Test
  void messageLongerThanAFileHasOneOfItsOwn() throws IOException {
    try (var queue = open()) {
      store(queue, 0, 1);
      queue.store(List.of(new byte[300_000]));
      store(queue, 2, 3);
      assertEquals(3, segments().size());
      assertEquals(300_000, takeAll(queue).get(1).length());
    }
  }

  @Test
  void positionThatIsOldDeliversAgainAndSkipsNothing() throws IOException {
    try (var queue = open()) {
      store(queue, 0, 40);
      takeAll(queue);
      for (int i = 0; i < 40; i++) {
        queue.done(i);
      }
    }
    Files.writeString(folder.resolve("position"), "3\n"); // segments up to it are gone
    try (var queue = open()) {
      var again = takeAll(queue);
      assertEquals(messages(40 - again.size(), 40), again);
      store(queue, 40, 45);
      assertEquals(messages(40, 45), takeAll(queue));
    }
  }

  @Test
  void tailCutAtAnyByteLosesItsLastMessageOnly() throws IOException {
    int last = 16 + 1; // header, "message 9"
    for (int cut = 1; cut < last; cut++) {
      withDamagedTail(cut, new byte[0]);
    }
  }

  @Test
  void garbageBehindTheLastMessageIsDropped() throws IOException {
    withDamagedTail(0, new byte[1]);
    withDamagedTail(0, new byte[64]); // zeros, as some file systems leave behind a crash
    withDamagedTail(0, new byte[] {0, 0, 0, 2, 1, 2, 3, 4, 'h', 'i'});
    withDamagedTail(0, new byte[] {127, -1, -1, -1, 1, 2, 3, 4, 'h', 'i'});
    withDamagedTail(0, new byte[] {-1, -1, -1, -1, 1, 2, 3, 4, 'h', 'i'});
  }

  @Test
  void flippedBitIsFoundByTheChecksum() throws IOException {
    for (int at = 1; at <= 17; at++) {
      var lost = damage(at);
      assertEquals(messages(0, 9), lost, "byte " + at + " from the end");
    }
  }

  private List<String> damage(int at) throws IOException {
    fill();
    var file = segments().getLast();
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - at] ^= 4;
    Files.write(file, bytes);
    return reopened();
  }

  private void withDamagedTail(int cut, byte[] added) throws IOException {
    fill();
    var file = segments().getLast();
    var bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - cut));
    Files.write(file, added, StandardOpenOption.APPEND);
    assertEquals(messages(0, cut == 0 ? 10 : 9), reopened(), "cut " + cut);
  }

  /** A new queue with ten messages, which is closed. */
  private void fill() throws IOException {
    round++;
    try (var queue = open()) {
      store(queue, 0, 10);
    }
  }

  /** What is there after the damage; storing goes on behind it. */
  private List<String> reopened() throws IOException {
    List<String> found;
    try (var queue = open()) {
      found = takeAll(queue);
      queue.store(List.of("more".getBytes(UTF_8)));
      assertEquals(List.of("more"), takeAll(queue));
    }
    try (var queue = open()) {
      var all = new ArrayList<>(found);
      all.add("more");
      assertEquals(all, takeAll(queue));
    }
    return found;
  }

  @Test
  void givenBackComesBeforeAllLater() throws IOException {
    try (var queue = open()) {
      store(queue, 0, 5);
      assertEquals(0, queue.take(Duration.ZERO).number);
      assertEquals(1, queue.take(Duration.ZERO).number);
      queue.giveBack(List.of(0L, 1L));
      assertEquals(messages(0, 5), takeAll(queue));
      assertEquals(5, queue.taken());
    }
  }
}
