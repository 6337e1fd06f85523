package dev.heddle.netio.epoll;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class EventFdTest {
  private static final long RACE_NANOS = 1_000_000_000;

  @Test
  void closingWaitsForASignalThatIsUnderWay() throws Exception {
    for (long end = System.nanoTime() + RACE_NANOS; System.nanoTime() < end; ) {
      var eventFd = new EventFd();
      var signalled = new CountDownLatch(1);
      var signaller = Thread.ofPlatform().start(() -> signalUntilClosed(eventFd, signalled));
      signalled.await();
      eventFd.close();
      signaller.join();
      assertThrows(IllegalStateException.class, eventFd::signal);
    }
  }

  private static void signalUntilClosed(EventFd eventFd, CountDownLatch signalled) {
    try {
      for (; ; ) {
        eventFd.signal();
        signalled.countDown();
      }
    } catch (IllegalStateException e) {
      // closed
    }
  }
}
