package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of connections, all open at the same time. */
@Timeout(300)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
record ManyConnectionsTest(PollerKind kind) {
  /** Two descriptors each, in one process; common hard limits leave room for that. */
  private static final int CONNECTIONS = 8_000;

  private static final int ROUNDS = 3;
  private static final int MESSAGE = 1_000;
  private static final int DIALLING_AT_ONCE = 256; // well below the backlog

  @Test
  void echoesEveryByteOfEightThousandOpenConnections() throws Exception {
    try (var fixture = new Fixture(kind)) {
      var listener = fixture.listen();
      var acceptor =
          fixture.run(
              () -> {
                for (int i = 0; i < CONNECTIONS; i++) {
                  var conn = listener.accept();
                  fixture.run(() -> echo(conn));
                }
              });
      var allOpen = new CountDownLatch(CONNECTIONS);
      var dialling = new Semaphore(DIALLING_AT_ONCE);
      var clients =
          fixture.times(
              CONNECTIONS,
              i -> {
                dialling.acquire();
                try (var conn = dial(fixture, listener, allOpen, dialling)) {
                  allOpen.await();
                  for (int round = 0; round < ROUNDS; round++) {
                    conn.write(Bytes.of(i, (long) round * MESSAGE, MESSAGE));
                    var answer = ByteBuffer.allocate(MESSAGE);
                    Bytes.readFully(conn, answer);
                    Bytes.check(i, (long) round * MESSAGE, answer.flip());
                  }
                }
              });
      allOpen.await();
      acceptor.join();
      assertTrue(fixture.network.openSockets() > 0);
      Fixture.joinAll(clients);
      Fixture.await(() -> fixture.network.openSockets() == 1); // the listener
    }
  }

  /** One that fails keeps no other waiting. */
  private static Conn dial(
      Fixture fixture, Listener listener, CountDownLatch allOpen, Semaphore dialling)
      throws IOException {
    try {
      return fixture.network.dial(listener.localAddress());
    } finally {
      dialling.release();
      allOpen.countDown();
    }
  }

  @Test
  void serversAndClientsOfManyShortConnectionsReuseDescriptorsWithoutMixingThem() throws Exception {
    try (var fixture = new Fixture(kind)) {
      var listener = fixture.listen();
      fixture.run(
          () -> {
            for (; ; ) {
              var conn = listener.accept();
              fixture.run(() -> echo(conn));
            }
          });
      var clients = new ArrayList<Fixture.Running<Void>>();
      clients.addAll(
          fixture.times(
              50,
              i -> {
                for (int round = 0; round < 100; round++) {
                  long stream = 1000L * i + round;
                  try (var conn = fixture.network.dial(listener.localAddress())) {
                    conn.write(Bytes.of(stream, 0, 100));
                    Bytes.receive(conn, stream, 100, 64);
                  }
                }
              }));
      Fixture.joinAll(clients);
      assertEquals(50, clients.size());
    }
  }

  private static void echo(Conn conn) throws Exception {
    try (conn) {
      var buffer = ByteBuffer.allocate(512);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }
}
