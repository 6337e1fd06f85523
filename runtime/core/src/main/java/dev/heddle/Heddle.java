package dev.heddle;

import dev.heddle.netio.Codec;
import dev.heddle.netio.Conn;
import dev.heddle.netio.ConnHandler;
import dev.heddle.netio.DialOptions;
import dev.heddle.netio.EventHandler;
import dev.heddle.netio.EventServer;
import dev.heddle.netio.ListenOptions;
import dev.heddle.netio.Listener;
import dev.heddle.netio.Network;
import dev.heddle.netio.PacketConn;
import dev.heddle.netio.ServeOptions;
import dev.heddle.netio.Server;
import dev.heddle.netio.ServerMetrics;
import dev.heddle.netio.WriteQueue;
import dev.heddle.netio.WriteQueueOptions;
import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.LogLimit;
import dev.heddle.scheduler.spi.TaskBody;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A runtime: a scheduler, a network over one poller, and the way to start tasks on it.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="server"}
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="serve"}
 *
 * <p>Several runtimes may live in one JVM. All methods are thread-safe and may be called from any
 * thread.
 */
public final class Heddle implements AutoCloseable {
  private static final int DEFAULT_MESSAGE_LIMIT = 64 * 1024;
  private static final Map<Network, Heddle> RUNNING = new ConcurrentHashMap<>();

  private final Scheduler scheduler;
  private final Network network;
  private final InstantSource clock;
  private final Duration grace;
  private final AtomicBoolean begunClosing = new AtomicBoolean();
  private final TaskFailures failures;
  private final @Nullable HeddleBean bean; // null unless asked for
  private final @Nullable FlightRecorder flightRecorder; // null unless asked for
  private final CountDownLatch closed = new CountDownLatch(1);

  Heddle(Scheduler scheduler, Network network, HeddleBuilder builder, TaskFailures failures) {
    this.scheduler = scheduler;
    this.network = network;
    this.clock = builder.clock;
    this.grace = builder.grace;
    this.failures = failures;
    this.bean = builder.jmx ? HeddleBean.register(this) : null;
    FlightRecorderOptions flight = builder.flightRecorder;
    this.flightRecorder = flight == null ? null : FlightRecorder.start(name(), flight);
    RUNNING.put(network, this);
  }

  /** Prefix of the names of this runtime's threads. */
  public String name() {
    return scheduler.name();
  }

  /**
   * Starts a runtime with the defaults: as many processors as the JVM sees, the best poller of the
   * machine.
   *
   * @throws dev.heddle.scheduler.MissingFlagException if flags of the JVM are missing; the message
   *     has those to add
   * @throws dev.heddle.scheduler.UnsuitableJvmException if it was started with {@code
   *     -XX:-VMContinuations}
   * @throws UncheckedIOException if the poller cannot be opened
   */
  public static Heddle start() {
    return builder().start();
  }

  /**
   * A runtime of parts that somebody else has made, as a simulation does.
   *
   * @param clock what {@link #clock} is
   */
  @SuppressWarnings("exports") // for the simulation; users see its hosts
  public static Heddle of(
      Scheduler scheduler, Network network, InstantSource clock, Duration grace) {
    HeddleBuilder builder = new HeddleBuilder().grace(grace);
    builder.clock = clock;
    return new Heddle(scheduler, network, builder, new TaskFailures(new LogLimit(Clock::nanoTime)));
  }

  /** Sets up a runtime. */
  public static HeddleBuilder builder() {
    return new HeddleBuilder();
  }

  /** The runtime whose task calls; null if the caller is no task. */
  public static @Nullable Heddle current() {
    Network network = Network.current();
    return network == null ? null : RUNNING.get(network);
  }

  /** All runtimes of this JVM that are not closed; a moment's view. */
  public static List<Heddle> running() {
    return List.copyOf(RUNNING.values());
  }

  // ---- tasks

  /**
   * Starts a task.
   *
   * @return its thread, a virtual one: join it, interrupt it, as any
   * @throws java.util.concurrent.RejectedExecutionException if the runtime is closing, and the
   *     caller is none of its tasks; once it is closed, always
   */
  public Thread go(ThrowingRunnable body) {
    return scheduler.spawn(null, new Body(body));
  }

  /** As {@link #go(ThrowingRunnable)}; the thread has a name, which dumps and traces show. */
  public Thread go(String name, ThrowingRunnable body) {
    return scheduler.spawn(name, new Body(body));
  }

  /**
   * What a task runs. A class and not a lambda: the JIT makes an object of a lambda that captures
   * by a call into the JVM when it must do without traps, as the launcher's flags have it.
   */
  private record Body(ThrowingRunnable body) implements TaskBody {
    Body {
      Objects.requireNonNull(body, "body"); // here and not in the task: the caller is to see it
    }

    @Override
    public void run() {
      try {
        body.run();
      } catch (Throwable e) {
        throw TaskFailures.escape(e);
      }
    }

    @Override
    public Object origin() {
      return body;
    }
  }

  /**
   * Creates unstarted virtual threads that run on this runtime's carriers: for libraries that want
   * a factory.
   */
  public ThreadFactory threadFactory() {
    return scheduler.threadFactory();
  }

  /**
   * An executor that starts a task for each submission. Closing it waits for its tasks and leaves
   * the runtime open.
   */
  public ExecutorService executor() {
    return Executors.newThreadPerTaskExecutor(threadFactory());
  }

  /**
   * As {@link #threadFactory()}; the threads have names, {@code name-0}, {@code name-1} and so on,
   * by which dumps and traces distinguish the tasks of one library from those of another.
   */
  public ThreadFactory threadFactory(String name) {
    Objects.requireNonNull(name, "name");
    var count = new AtomicLong();
    return body -> scheduler.newThread(name + "-" + count.getAndIncrement(), body);
  }

  /** As {@link #executor()}; the tasks have names as those of {@link #threadFactory(String)}. */
  public ExecutorService executor(String name) {
    return Executors.newThreadPerTaskExecutor(threadFactory(name));
  }

  /**
   * Runs something that blocks its carrier, such as native code or a file, while another carrier
   * runs the other tasks. Without this hint the same happens after 10 ms.
   *
   * @return what {@code body} returns
   * @throws X what {@code body} throws
   */
  public <T extends @Nullable Object, X extends Throwable> T blocking(BlockingCall<T, X> body)
      throws X {
    return scheduler.blocking(body);
  }

  // ---- time

  /**
   * The time of day: that of the system, and in a simulation the simulated one. A program that asks
   * here behaves alike in both.
   */
  public InstantSource clock() {
    return clock;
  }

  /**
   * Parks the calling task, on this runtime's timers. Other threads may call it too.
   *
   * @throws InterruptedException if the thread is or becomes interrupted
   */
  public void sleep(Duration duration) throws InterruptedException {
    scheduler.sleep(duration);
  }

  /**
   * Starts a task after a delay. It inherits what one that {@link #go(ThrowingRunnable)} starts now
   * would: the context class loader and the inheritable thread locals.
   *
   * @throws java.util.concurrent.RejectedExecutionException as {@link #go(ThrowingRunnable)}
   */
  public ScheduledTask after(Duration delay, ThrowingRunnable body) {
    return ScheduledTask.start(scheduler, new Body(body), delay, Duration.ZERO);
  }

  /**
   * Starts a task again and again, the first time after one period. Runs never overlap: a tick that
   * comes while the one before still runs is left out. A run that fails does not end the series.
   * Each task inherits what one of {@link #after} does.
   *
   * @throws java.util.concurrent.RejectedExecutionException as {@link #go(ThrowingRunnable)}
   * @throws IllegalArgumentException if the period is not positive
   */
  public ScheduledTask every(Duration period, ThrowingRunnable body) {
    if (period.isZero() || period.isNegative()) {
      throw new IllegalArgumentException("the period must be positive, not " + period);
    }
    return ScheduledTask.start(scheduler, new Body(body), period, period);
  }

  // ---- network

  /**
   * Listens on a TCP or Unix-domain address. Blocks while a host name is looked up.
   *
   * @throws IOException if it cannot be bound, say because the port is in use
   */
  public Listener listen(SocketAddress address) throws IOException {
    return network.listen(address, ListenOptions.DEFAULT);
  }

  /** Listens on a TCP or Unix-domain address, with options; else as {@link #listen}. */
  public Listener listen(SocketAddress address, ListenOptions options) throws IOException {
    return network.listen(address, options);
  }

  /** Serves a listener's connections with the default options, see {@link #serve}. */
  public Server serve(Listener listener, ConnHandler handler) throws IOException {
    return serve(listener, handler, ServeOptions.DEFAULT);
  }

  /**
   * Serves a listener's connections, of which most may be silent: those have no task. The handler
   * runs in a task when there is something to read, and the connection is dormant when it returns.
   * Closing the server closes listener and connections; closing this runtime does as well.
   *
   * @param options what protects the server from its clients, and how it accepts
   * @throws IllegalArgumentException if the options want more acceptors than this listener can have
   * @throws IOException if the listeners of those cannot be opened
   */
  public Server serve(Listener listener, ConnHandler handler, ServeOptions options)
      throws IOException {
    return network.serve(listener, handler, options);
  }

  /**
   * Serves a listener's connections by callbacks, for messages of up to 64 KiB and with the default
   * options, see {@link #serveEvents(Listener, Codec, EventHandler, int, ServeOptions)}.
   */
  public <M> EventServer<M> serveEvents(Listener listener, Codec<M> codec, EventHandler<M> handler)
      throws Exception {
    return serveEvents(listener, codec, handler, DEFAULT_MESSAGE_LIMIT, ServeOptions.DEFAULT);
  }

  /**
   * Serves a listener's connections by callbacks, one for each message that the codec finds. Else
   * as {@link #serve}.
   *
   * @param messageLimit the longest message, in bytes; a longer one ends its connection
   * @throws Exception what {@link EventHandler#onBoot} throws
   */
  public <M> EventServer<M> serveEvents(
      Listener listener,
      Codec<M> codec,
      EventHandler<M> handler,
      int messageLimit,
      ServeOptions options)
      throws Exception {
    return network.serveEvents(listener, codec, handler, messageLimit, options);
  }

  /**
   * Makes a queue of writes to a connection: any thread queues them and does not wait for the
   * socket, a task of this runtime sends them in order.
   */
  public WriteQueue writeQueue(Conn conn, WriteQueueOptions options) {
    return network.writeQueue(conn, options);
  }

  /**
   * Connects to a TCP or Unix-domain address. Blocks until connected, refused or timed out by the
   * system.
   */
  public Conn dial(SocketAddress address) throws IOException {
    return network.dial(address);
  }

  /**
   * Connects with options: timeout, deadline, local address. See {@link Network#dial(SocketAddress,
   * DialOptions)}.
   */
  public Conn dial(SocketAddress address, DialOptions options) throws IOException {
    return network.dial(address, options);
  }

  /**
   * Opens a UDP socket that receives at an address. Blocks while a host name is looked up.
   *
   * @throws IOException if it cannot be bound, say because the port is in use
   */
  public PacketConn listenPacket(InetSocketAddress local) throws IOException {
    return network.listenPacket(local);
  }

  /**
   * Opens a UDP socket that exchanges datagrams with one peer only. Nothing is sent. Blocks while a
   * host name is looked up.
   */
  public PacketConn dialPacket(InetSocketAddress remote) throws IOException {
    return network.dialPacket(remote);
  }

  // ---- sockets of java.net

  /**
   * Makes every {@link Socket} and {@link ServerSocket} that a task creates from now on wait in the
   * poller of its runtime. Those of other threads stay the JDK's; all behave as the JDK's, and work
   * on any thread. For the whole JVM and for good, so a program asks for it: by this call, or by
   * {@code -Dheddle.sockets=true}. If it cannot be done, say because the program has set a factory
   * of its own, a line of the log says why, and everything works as before. The JVM keeps the
   * factories: the class loader of a program that calls this is never collected.
   *
   * @return whether it is done, now or earlier
   */
  public static boolean installSockets() {
    return Network.installSockets();
  }

  /**
   * A socket that waits in this runtime's poller, whichever thread uses it. It is not connected.
   */
  public Socket newSocket() throws IOException {
    return network.newSocket();
  }

  /**
   * A server socket that waits in this runtime's poller, and so do the sockets that it accepts. It
   * is not bound.
   */
  public ServerSocket newServerSocket() throws IOException {
    return network.newServerSocket();
  }

  // ---- looking inside

  /** How many tasks may run at the same time. */
  public int processors() {
    return scheduler.processors();
  }

  /** How many tasks have started and not ended. */
  public int liveTasks() {
    return scheduler.liveTasks();
  }

  /**
   * Counters at this moment. It looks at no task and takes some microseconds, however many tasks
   * there are: a scrape may call it for each of its gauges.
   */
  public SchedulerMetrics metrics() {
    return scheduler.metrics();
  }

  /**
   * How many live tasks are in each state, with all states. It looks at every live task, some ten
   * nanoseconds each: call it once a scrape. A task in a socket of the JDK counts as {@link
   * TaskState#PARK} where that waits in the JDK's own poller; {@link #dump} knows better.
   */
  public Map<TaskState, Integer> taskStates() {
    return scheduler.taskStates();
  }

  /**
   * All figures for a monitoring system, from one look at the runtime: as many each time, with the
   * same names and labels in the same order. Looks at every live task, as {@link #taskStates}.
   */
  public List<Metric> figures() {
    return Figures.of(this);
  }

  /**
   * {@link #figures} in the text format of OpenMetrics 1.0, to answer a scrape of Prometheus: the
   * media type is {@code application/openmetrics-text; version=1.0.0; charset=utf-8}.
   */
  public String openMetrics() {
    return OpenMetrics.text(figures());
  }

  /** What {@link HeddleBuilder#schedTrace} prints: counters only, in one line. */
  public String schedTrace() {
    return scheduler.schedTrace();
  }

  /** Every live task with what it waits for, and its stack; its {@code toString} is for people. */
  public TaskDump dump() {
    return scheduler.dump();
  }

  /**
   * Writes the last moments of the trace that {@link HeddleBuilder#flightRecorder} keeps. Blocks
   * while it writes.
   *
   * @return the file, for {@code heddle trace}
   * @throws IllegalStateException if there is no flight recorder, or the runtime is closed
   * @throws IOException if the file cannot be written
   */
  public Path dumpTrace() throws IOException {
    if (flightRecorder == null) {
      throw new IllegalStateException("no flight recorder: HeddleBuilder.flightRecorder");
    }
    return flightRecorder.dump();
  }

  /** Whether {@link #dumpTrace} has something to write. */
  public boolean hasFlightRecorder() {
    return flightRecorder != null;
  }

  /** How many sockets are open. */
  public int openSockets() {
    return network.openSockets();
  }

  /**
   * Counters of all servers of this runtime since it began, and the states of their connections at
   * this moment. Looks at every open socket.
   */
  public ServerMetrics serverMetrics() {
    return network.serverMetrics();
  }

  /** How many bytes are queued for writing, in all {@linkplain #writeQueue queues}. */
  public long queuedWriteBytes() {
    return network.queuedBytes();
  }

  /** {@code epoll} or {@code selector}. */
  public String pollerName() {
    return network.pollerName();
  }

  // ---- closing

  /**
   * Blocks until the runtime is closed: by {@link #close} from elsewhere, or by the end of the JVM
   * (Ctrl-C), which then waits for the close to finish. An interrupt ends the wait; the interrupt
   * status stays set, and the runtime open. Must not be called from a task of this runtime.
   */
  public void awaitShutdown() {
    Thread hook = Thread.ofPlatform().name(scheduler.name() + "-shutdown").unstarted(this::close);
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        closed.await();
      } finally {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook runs or has run
    }
  }

  /**
   * Closes the runtime: closes the listeners and has the servers drain, gives the tasks the grace
   * time to end, closes the remaining connections and interrupts the remaining tasks, and releases
   * threads and descriptors. Blocks meanwhile; a second closer waits for the first. Called from a
   * task of this runtime it returns at once, and the closing continues in a thread of its own.
   */
  @Override
  public void close() {
    if (scheduler.isCurrent()) {
      scheduler.startCloser(this::close);
      return;
    }
    if (!begunClosing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    failures.closing();
    try {
      network.closeListeners();
      scheduler.close(grace, network::close);
    } finally {
      failures.closed();
      if (bean != null) {
        bean.deregister();
      }
      if (flightRecorder != null) {
        flightRecorder.close();
      }
      RUNNING.remove(network);
      closed.countDown();
    }
  }

  /**
   * As {@link #close}, but without the grace time: connections are closed and tasks interrupted at
   * once, also when a {@code close} is under way. What tasks do then may still take as long as the
   * grace time.
   */
  public void closeNow() {
    scheduler.hurry();
    close();
  }

  /**
   * The end of a runtime that was made by {@link #of} and whose scheduler runs no task any more:
   * closes its sockets, and waits for nothing.
   */
  public void abandon() {
    begunClosing.set(true);
    failures.closing();
    network.close();
    RUNNING.remove(network);
    closed.countDown();
  }

  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
