package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PollerKind;
import dev.heddle.scheduler.spi.SmallQueues;
import dev.heddle.testing.Waits;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The runtime as its users see it, over both pollers. */
@ParameterizedClass
@EnumSource(
    value = PollerKind.class,
    names = {"AUTO", "SELECTOR"})
final class HeddleTest {
  private static final String NAME = "heddle-test";

  @Parameter PollerKind poller;
  private Heddle heddle;
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private Heddle open(String name) {
    return Heddle.builder()
        .name(name)
        .processors(2)
        .poller(poller)
        .grace(Waits.LIMIT) // for tasks that end by themselves; they may take their time
        .with(options -> SmallQueues.of(4, options))
        .start();
  }

  @BeforeEach
  void start() {
    heddle = open(NAME);
  }

  @AfterEach
  void everythingEnds() {
    heddle.close();
    assertEquals(0, heddle.liveTasks());
    assertEquals(0, heddle.openSockets());
    Waits.noThreadIsLeft(NAME);
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " tasks failed", failures.peek());
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A task whose failure fails the test. */
  private Thread task(ThrowingRunnable body) {
    return heddle.go(checked(body));
  }

  private ThrowingRunnable checked(ThrowingRunnable body) {
    return () -> {
      try {
        body.run();
      } catch (Throwable e) {
        failures.add(e);
      }
    };
  }

  private static boolean onCarriersOf(String name) {
    return Thread.currentThread().toString().contains("@" + name + "-carrier-");
  }

  private Listener echoServer() throws IOException {
    var listener = heddle.listen(anyPort());
    heddle.go(
        () -> {
          for (; ; ) {
            var conn = listener.accept();
            heddle.go(() -> echo(conn));
          }
        });
    return listener;
  }

  private static void echo(Conn conn) throws IOException {
    try (conn) {
      var buffer = ByteBuffer.allocate(4096);
      while (conn.read(buffer.clear()) >= 0) {
        conn.write(buffer.flip());
      }
    }
  }

  private static void talk(Conn conn, int seed) throws IOException {
    var random = new Random(seed);
    try (conn) {
      for (int i = 0; i < 20; i++) {
        var sent = new byte[1 + random.nextInt(5000)];
        random.nextBytes(sent);
        conn.write(ByteBuffer.wrap(sent));
        assertArrayEquals(sent, conn.inputStream().readNBytes(sent.length));
      }
    }
  }

  // ---- go

  @Test
  void goRunsATaskOnOurCarriers() {
    var ours = new AtomicBoolean();
    Thread task = heddle.go("named", () -> ours.set(onCarriersOf(NAME)));
    Waits.join(task);
    assertTrue(ours.get());
    assertTrue(task.isVirtual());
    assertEquals("named", task.getName());
    assertEquals(2, heddle.processors());
  }

  @Test
  void anExceptionThatEscapesATaskEndsThatTaskOnly() {
    for (int i = 0; i < 20; i++) {
      int kind = i % 4;
      Waits.join(
          heddle.go(
              () -> {
                switch (kind) {
                  case 0 -> throw new IOException("on purpose");
                  case 1 -> throw new IllegalStateException("on purpose");
                  case 2 -> throw new AssertionError("on purpose");
                  default -> throw new ClosedChannelException();
                }
              }));
    }
    Waits.join(task(() -> {}));
  }

  @Test
  void executorAndThreadFactoryRunOnOurCarriersToo() throws Exception {
    try (var executor = heddle.executor()) {
      List<Future<Boolean>> futures = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        futures.add(executor.submit(() -> onCarriersOf(NAME)));
      }
      for (var future : futures) {
        assertTrue(future.get());
      }
    }
    var ours = new AtomicBoolean();
    Thread made = heddle.threadFactory().newThread(() -> ours.set(onCarriersOf(NAME)));
    made.start();
    Waits.join(made);
    assertTrue(ours.get());
    Waits.join(task(() -> {})); // closing the executor left the runtime open
  }

  // ---- listen and dial

  @Test
  void manyConnectionsOfTasksEchoEveryByte() throws IOException {
    try (var server = echoServer()) {
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < 200; i++) {
        int seed = i;
        clients.add(task(() -> talk(heddle.dial(server.localAddress()), seed)));
      }
      clients.forEach(Waits::join);
    }
  }

  @Test
  void platformThreadsAndStockVirtualThreadsMayUseConnectionsToo() throws IOException {
    try (var server = echoServer()) {
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < 20; i++) {
        int seed = i;
        Runnable client =
            () -> {
              try {
                talk(heddle.dial(server.localAddress()), seed);
              } catch (Throwable e) {
                failures.add(e);
              }
            };
        clients.add(
            i % 2 == 0 ? Thread.ofPlatform().start(client) : Thread.ofVirtual().start(client));
      }
      clients.forEach(Waits::join);
    }
  }

  @Test
  void aPortInUseIsABindExceptionThatNamesTheAddress() throws IOException {
    try (var first = heddle.listen(anyPort())) {
      var e = assertThrows(BindException.class, () -> heddle.listen(first.localAddress()));
      int port = ((InetSocketAddress) first.localAddress()).getPort();
      assertTrue(e.getMessage().contains(":" + port), e.getMessage());
    }
  }

  @Test
  void aRefusedDialIsAConnectExceptionThatNamesTheAddress() throws IOException {
    var listener = heddle.listen(anyPort());
    var address = (InetSocketAddress) listener.localAddress();
    listener.close();
    var thrown = new AtomicReference<ConnectException>();
    Waits.join(
        task(() -> thrown.set(assertThrows(ConnectException.class, () -> heddle.dial(address)))));
    assertTrue(
        thrown.get().getMessage().contains(":" + address.getPort()), thrown.get().getMessage());
  }

  // ---- closing

  @Test
  void closingEndsTasksThatAcceptAndRead() throws IOException {
    var server = echoServer();
    var reading = new LinkedBlockingQueue<Thread>();
    for (int i = 0; i < 20; i++) {
      heddle.go(
          () -> {
            try (var conn = heddle.dial(server.localAddress())) {
              reading.add(Thread.currentThread());
              conn.read(ByteBuffer.allocate(1));
            }
          });
    }
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 20; i++) {
      threads.add(Waits.take(reading));
    }
    heddle.closeNow();
    threads.forEach(Waits::join);
    assertFalse(server.isOpen());
  }

  @Test
  void closeEndsCallsOfThreadsThatAreNoTasks() throws IOException {
    var server = heddle.listen(anyPort());
    var failed = new CountDownLatch(2);
    var started = new CountDownLatch(2);
    Conn conn = heddle.dial(server.localAddress());
    Thread.ofPlatform()
        .start(
            () -> {
              started.countDown();
              assertThrows(IOException.class, () -> conn.read(ByteBuffer.allocate(1)));
              failed.countDown();
            });
    Conn accepted = server.accept();
    Thread.ofVirtual()
        .start(
            () -> {
              started.countDown();
              assertThrows(IOException.class, server::accept);
              failed.countDown();
            });
    Waits.await(started);
    heddle.close();
    Waits.await(failed);
    assertFalse(conn.isOpen());
    assertFalse(accepted.isOpen());
  }

  @Test
  void afterCloseEverythingIsRefused() throws IOException {
    var address = anyPort();
    heddle.close();
    heddle.close();
    assertThrows(RejectedExecutionException.class, () -> heddle.go(() -> {}));
    assertThrows(IOException.class, () -> heddle.listen(address));
    assertThrows(IOException.class, () -> heddle.dial(address));
    heddle.awaitShutdown();
  }

  @Test
  void aTaskMayCloseItsRuntime() {
    Thread task = task(heddle::close);
    Waits.join(task);
    heddle.awaitShutdown();
    Waits.noThreadIsLeft(NAME);
  }

  @Test
  void closeNowWaitsForNoGraceTimeAndEndsACloseThatDoes() {
    var patient = Heddle.builder().name(NAME + "-patient").grace(Duration.ofHours(1)).start();
    var interrupted = new CountDownLatch(1);
    var parked = new CountDownLatch(1);
    patient.go(
        () -> {
          parked.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    Waits.await(parked);
    Thread closing = Thread.ofPlatform().start(patient::close);
    Waits.until(
        "new tasks are rejected",
        () -> {
          try {
            patient.go(() -> {});
            return false;
          } catch (RejectedExecutionException e) {
            return true;
          }
        });
    assertEquals(1, interrupted.getCount());
    patient.closeNow();
    Waits.await(interrupted);
    Waits.join(closing);
    assertEquals(0, patient.liveTasks());
    Waits.noThreadIsLeft(NAME + "-patient");
  }

  @Test
  void aTaskMayCloseItsRuntimeNow() {
    var patient = Heddle.builder().name(NAME + "-patient").grace(Duration.ofHours(1)).start();
    patient.go(() -> patient.sleep(Duration.ofHours(1)));
    Waits.join(patient.go(patient::closeNow));
    patient.awaitShutdown();
    Waits.noThreadIsLeft(NAME + "-patient");
  }

  @Test
  void awaitShutdownEndsWhenSomebodyCloses() {
    Thread waiting = Thread.ofPlatform().start(heddle::awaitShutdown);
    Waits.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
    heddle.close();
    Waits.join(waiting);
  }

  @Test
  @SuppressWarnings("try") // closed early, on purpose
  void twoRuntimesInOneJvmTalkToEachOtherAndOneOutlivesTheOther() throws IOException {
    try (var other = open(NAME + "-b");
        var server = echoServer()) {
      var ours = new AtomicBoolean();
      Thread client =
          other.go(
              checked(
                  () -> {
                    talk(other.dial(server.localAddress()), 1);
                    ours.set(onCarriersOf(NAME + "-b"));
                  }));
      Waits.join(client);
      assertTrue(ours.get());
      other.close();
      Waits.noThreadIsLeft(NAME + "-b");
      Waits.join(task(() -> talk(heddle.dial(server.localAddress()), 2)));
    }
  }

  @Test
  void openingAndClosingManyTimesLeavesNoThreadAndNoDescriptor() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "only Linux shows the descriptors");
    openAndClose(); // what the JVM opens once and keeps
    int before = count(descriptors);
    for (int i = 0; i < 30; i++) {
      openAndClose();
    }
    Waits.until("no descriptor more than before", () -> count(descriptors) <= before);
    Waits.noThreadIsLeft(NAME + "-again");
  }

  private void openAndClose() throws IOException {
    try (var again = open(NAME + "-again")) {
      var server = again.listen(anyPort());
      again.go(() -> echo(server.accept()));
      talk(again.dial(server.localAddress()), 3);
      again.dial(server.localAddress()); // left open
    }
  }

  private static int count(Path folder) {
    try (var files = Files.list(folder)) {
      return (int) files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
