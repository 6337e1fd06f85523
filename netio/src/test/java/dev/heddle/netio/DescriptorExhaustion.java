package dev.heddle.netio;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * A server in a JVM with few descriptors: uses them all up, stays so for a while, and serves again
 * when some are free.
 */
final class DescriptorExhaustion {
  private static final long PAUSE_MILLIS =
      1_500; // long enough for back-off, and for two lines of log

  private DescriptorExhaustion() {}

  public static void main(String[] args) throws Exception {
    try (var fixture = new Fixture(PollerKind.valueOf(args[0]))) {
      var listener = fixture.listen();
      loadClasses(listener);
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
        client.getInputStream().readNBytes(5); // everything is loaded now
      }
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
      System.out.println("served again");
    }
  }

  /**
   * Classes in a folder need a descriptor to be loaded; what is used without any left is loaded
   * before.
   */
  private static void loadClasses(Listener listener) throws IOException {
    LoggerFactory.getLogger(Listener.class).warn("the warnings follow");
    listener.acceptDeadline(Deadlines.after(Duration.ofMillis(1)));
    try {
      listener.accept();
    } catch (SocketTimeoutException e) {
      listener.acceptDeadline(Deadlines.NONE);
    }
  }
}
