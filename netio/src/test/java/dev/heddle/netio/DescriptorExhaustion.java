package dev.heddle.netio;

import dev.heddle.scheduler.events.HeddleEvents;
import dev.heddle.scheduler.spi.ParkReason;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A server in a JVM with few descriptors: uses them all up, stays so for a while, and serves again
 * when some are free.
 */
final class DescriptorExhaustion {
  private static final long PAUSE_MILLIS =
      1_500; // long enough for back-off, and for two lines of log

  /** Made when there is something to report; loading a class from a folder needs a descriptor. */
  private static final List<String> EVENTS =
      List.of(
          "CarrierResumed",
          "HandedOff",
          "MonopolyStack",
          "NetworkWait",
          "Overflow",
          "Poll",
          "ProcessorIdle",
          "QueueDepth",
          "RunSlice",
          "Steal",
          "SysmonRound",
          "TaskCreated",
          "TimerFired",
          "Wake");

  private DescriptorExhaustion() {}

  public static void main(String[] args) throws Exception {
    try (var fixture = new Fixture(PollerKind.valueOf(args[0]))) {
      for (var event : EVENTS) {
        Class.forName(HeddleEvents.class.getPackageName() + "." + event);
      }
      var listener = fixture.listen();
      var served = new CountDownLatch(2);
      var server =
          fixture.run(
              () -> {
                for (int i = 0; i < 2; i++) {
                  try (var conn = listener.accept()) {
                    Bytes.send(conn, "hello");
                    served.countDown();
                  }
                }
              });
      var address = (java.net.InetSocketAddress) listener.localAddress();
      try (var client = new Socket(address.getAddress(), address.getPort())) {
        client.getInputStream().readAllBytes(); // everything is loaded now, and theirs is closed
      }
      fixture.listen().close(); // so what was closed before has given its descriptor back
      server.awaitBlocked();
      Object accepting = LockSupport.getBlocker(server.thread());
      var waiting = new Socket(); // made before there is no descriptor any more
      waiting.bind(null);
      var hoard = new ArrayList<FileInputStream>();
      try {
        for (; ; ) {
          hoard.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        // all are taken
      }
      waiting.connect(address);
      Fixture.await(() -> isPausing(server.thread(), accepting));
      Thread.sleep(PAUSE_MILLIS); // the time is what is tested: nothing to wait for
      if (served.getCount() != 1) {
        throw new AssertionError("accepted without a descriptor?");
      }
      for (var file : hoard) {
        file.close();
      }
      server.join();
      waiting.getInputStream().readNBytes(5);
      waiting.close();
      listener.close();
      System.out.println("served again");
    }
  }

  /** A listener pauses on the side of its descriptor on which it does not accept. */
  private static boolean isPausing(Thread thread, Object accepting) {
    return LockSupport.getBlocker(thread) instanceof ParkReason side && side != accepting;
  }
}
