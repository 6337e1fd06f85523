import dev.heddle.Heddle;
import dev.heddle.netio.Conn;
import dev.heddle.netio.Listener;
import dev.heddle.netio.PacketConn;
import dev.heddle.netio.PollerKind;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.FailedException;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.TimeoutException;

/** Scopes that are cancelled while their tasks are blocked in calls of the network. */
class StructuredCancellation {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final Listener listener;
  private final Conn client;
  private final Conn server;
  private final PacketConn packets;

  private StructuredCancellation(Heddle heddle) throws Exception {
    listener = heddle.listen(ANY_PORT);
    client = heddle.dial(listener.localAddress());
    server = listener.accept();
    packets = heddle.listenPacket(ANY_PORT);
  }

  public static void main(String[] args) throws Exception {
    try (var heddle = Heddle.builder().poller(PollerKind.valueOf(args[0])).start()) {
      var failure = new ConcurrentLinkedQueue<Throwable>();
      heddle
          .go(
              () -> {
                try {
                  new StructuredCancellation(heddle).run();
                } catch (Throwable e) {
                  failure.add(e);
                }
              })
          .join();
      for (var e : failure) {
        e.printStackTrace(System.out);
        System.exit(1);
      }
    }
    System.out.println("every blocked call was interrupted, and every socket works");
  }

  private void run() throws Exception {
    var ended = new ConcurrentLinkedQueue<Throwable>();
    try (var scope = StructuredTaskScope.open(Joiner.<Object>anySuccessfulResultOrThrow())) {
      var blocked = forkAll(scope, ended);
      scope.fork(
          () -> {
            awaitBlocked(blocked);
            return "a result";
          });
      check(scope.join().equals("a result"), "the result");
    }
    checkCancelled(4, ended);

    try (var scope = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow())) {
      var blocked = forkAll(scope, ended);
      scope.fork(
          () -> {
            awaitBlocked(blocked);
            throw new IllegalStateException("a failure");
          });
      scope.join();
      check(false, "a failure that is thrown");
    } catch (FailedException e) {
      check(e.getCause().getMessage().equals("a failure"), "the cause");
    }
    checkCancelled(4, ended);

    Queue<Thread> begun = new ConcurrentLinkedQueue<>();
    try (var scope =
        StructuredTaskScope.open(
            Joiner.awaitAllSuccessfulOrThrow(),
            configuration -> configuration.withTimeout(Duration.ofSeconds(1)))) {
      begun = forkAll(scope, ended);
      scope.join();
      check(false, "a timeout that is thrown");
    } catch (TimeoutException e) {
      checkCancelled(begun.size(), ended); // a slow machine forks fewer in time
    }
  }

  private Queue<Thread> forkAll(StructuredTaskScope<Object, ?> scope, Queue<Throwable> ended) {
    var threads = new ConcurrentLinkedQueue<Thread>();
    var calls =
        List.<Callable<?>>of(
            listener::accept,
            () -> server.read(ByteBuffer.allocate(1)),
            () -> server.read(ByteBuffer.allocate(1)), // this one queues
            () -> packets.receive(ByteBuffer.allocate(1)));
    for (var call : calls) {
      scope.fork(
          () -> {
            threads.add(Thread.currentThread());
            try {
              return call.call();
            } catch (Throwable e) {
              ended.add(e);
              throw e;
            }
          });
    }
    return threads;
  }

  private static void awaitBlocked(Queue<Thread> threads) throws InterruptedException {
    while (threads.size() < 4 || !threads.stream().allMatch(StructuredCancellation::isBlocked)) {
      Thread.sleep(1);
    }
  }

  private static boolean isBlocked(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().startsWith("dev.heddle.netio.poll."));
  }

  private void checkCancelled(int calls, Queue<Throwable> ended) throws Exception {
    check(ended.size() == calls, calls + " calls that ended: " + ended);
    for (var e : ended) {
      check(e instanceof InterruptedIOException, "an interrupt: " + e);
    }
    ended.clear();
    var buffer = ByteBuffer.allocate(1);
    client.write(buffer.clear());
    check(server.read(buffer.clear()) == 1, "a byte read");
    packets.send(buffer.flip(), packets.localAddress());
    packets.receive(buffer.clear());
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("not " + what);
    }
  }
}
