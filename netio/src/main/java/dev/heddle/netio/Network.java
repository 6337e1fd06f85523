package dev.heddle.netio;

import dev.heddle.netio.epoll.EpollSupport;
import dev.heddle.netio.errno.Errno;
import dev.heddle.netio.jdk.JdkSockets;
import dev.heddle.netio.poll.EpollPoller;
import dev.heddle.netio.poll.LateChannel;
import dev.heddle.netio.poll.NioInternals;
import dev.heddle.netio.poll.ReadinessPoller;
import dev.heddle.netio.poll.SelectorPoller;
import dev.heddle.scheduler.MissingFlagException;
import dev.heddle.scheduler.facade.Scheduler;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets over one poller: where listeners and connections come from, and what closes them all.
 *
 * <p>A scheduler polls: one that was started with {@link #openPoller}. All methods are thread-safe.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="network"}
 */
public final class Network implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Network.class);

  private final Scheduler scheduler;
  private final ReadinessPoller poller;
  private static final Map<Poller, Network> NETWORKS = new ConcurrentHashMap<>(); // that are open

  private final SelectorProvider channels;
  private final Names names;
  private final Set<Descriptor> open = ConcurrentHashMap.newKeySet();
  private final ServerCounters serverCounters = new ServerCounters(null); // of all, ended ones too
  private final WriteBudget queuedWrites = new WriteBudget(Long.MAX_VALUE); // of all
  private final Set<Server> servers = ConcurrentHashMap.newKeySet(); // that have not ended
  private final JdkSocketHost sockets = new JdkSocketHost(this);
  final DialWaits waits = new DialWaits();
  private volatile boolean closed;

  private Network(Scheduler scheduler, SelectorProvider channels, @Nullable Names names) {
    this.scheduler = scheduler;
    this.poller = (ReadinessPoller) scheduler.poller();
    this.channels = channels;
    this.names =
        names != null ? names : (name, deadline) -> Resolver.resolve(waits, name, deadline);
    NETWORKS.put(poller, this);
  }

  /** The network of the task that calls; null if the caller is no task. */
  public static @Nullable Network current() {
    Poller poller = Scheduler.pollerOfCaller();
    return poller == null ? null : NETWORKS.get(poller);
  }

  /**
   * Checks that this JVM lets us use its sockets.
   *
   * @throws MissingFlagException if a flag is missing
   */
  public static void requireAccess() {
    NioInternals.requireAccess();
  }

  /**
   * Opens the poller of a network: the scheduler that is given it polls, and closes it.
   *
   * @param timers of that scheduler
   * @throws UncheckedIOException if the system has no descriptors for it
   * @throws MissingFlagException if a flag of the JVM is missing; the message names it
   * @throws IllegalStateException if this machine has no poller of that kind, or the JVM does not
   *     let us use it
   */
  @SuppressWarnings("exports") // for the runtime, which starts the scheduler; users see Heddle
  public static Poller openPoller(PollerKind kind, Timers timers) {
    requireAccess();
    var unavailable = EpollSupport.unavailable();
    if (kind == PollerKind.EPOLL && unavailable.isPresent()) {
      throw new IllegalStateException(unavailable.get());
    }
    if (kind == PollerKind.AUTO && unavailable.isPresent() && EpollSupport.isExpected()) {
      LOG.warn("using the portable poller, which is slower: {}", unavailable.get());
    }
    Errno.init();
    try {
      if (kind == PollerKind.SELECTOR || unavailable.isPresent()) {
        return new SelectorPoller(timers);
      }
      var poller = new EpollPoller(timers, JdkPolling::closed);
      JdkPolling.opened();
      return poller;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the poller", e);
    }
  }

  /** The sockets of a scheduler with a poller from {@link #openPoller}; once for each. */
  @SuppressWarnings("exports") // as above
  public static Network of(Scheduler scheduler) {
    return new Network(scheduler, SelectorProvider.provider(), null);
  }

  /** Where the addresses of a name come from. */
  public interface Names {
    /**
     * All addresses of a socket address, in the order in which they should be tried; itself if it
     * is resolved. May wait.
     *
     * @param deadline on the clock of {@link Deadlines}
     * @throws java.net.UnknownHostException if the name has no address
     */
    List<InetSocketAddress> resolve(InetSocketAddress address, long deadline) throws IOException;
  }

  /**
   * A network over channels of others, such as those of a simulation, for a scheduler whose poller,
   * a {@link ReadinessPoller}, watches them.
   */
  @SuppressWarnings("exports") // for the simulation; users see its hosts
  public static Network of(Scheduler scheduler, SelectorProvider channels, Names names) {
    return new Network(scheduler, channels, names);
  }

  /** {@code epoll} or {@code selector}. */
  public String pollerName() {
    return poller.kind();
  }

  ReadinessPoller readiness() {
    return poller;
  }

  /** Whether sockets are used by system calls of ours, not only by their channels. */
  boolean canCallSystem() {
    return poller instanceof EpollPoller;
  }

  /** The system calls that read and write this channel. */
  SocketIo io(LateChannel channel) {
    return canCallSystem() ? SocketIo.ofDescriptor(channel) : SocketIo.ofChannel(channel);
  }

  // ---- listening

  /**
   * Listens on a TCP or Unix-domain address. Blocks while a host name is looked up.
   *
   * @throws java.net.UnknownHostException if the name has no address
   * @throws java.net.BindException if the address is in use, or not one of this machine
   */
  public Listener listen(SocketAddress address, ListenOptions options) throws IOException {
    return listenHere(address, options);
  }

  ServableListener listenHere(SocketAddress address, ListenOptions options) throws IOException {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(options, "options");
    boolean unix = address instanceof UnixDomainSocketAddress;
    var channel =
        unix
            ? channels.openServerSocketChannel(StandardProtocolFamily.UNIX)
            : channels.openServerSocketChannel();
    return SocketListener.open(this, channel, address, options);
  }

  List<InetSocketAddress> resolve(InetSocketAddress address, long deadline) throws IOException {
    return names.resolve(address, deadline);
  }

  /** A socket that is not connected, and that blocks. */
  SocketChannel newSocketChannel(boolean unix) throws IOException {
    return unix
        ? channels.openSocketChannel(StandardProtocolFamily.UNIX)
        : channels.openSocketChannel();
  }

  /**
   * Makes a connection of a socket that was just accepted.
   *
   * @param hasDefaults whether it has {@link TcpDefaults} from its listener, or needs none
   */
  Conn accepted(Accepted accepted, ListenOptions options, boolean hasDefaults) throws IOException {
    LateChannel channel = accepted.channel();
    var descriptor = Descriptor.open(this, channel);
    try {
      if (!hasDefaults) {
        TcpDefaults.set(channel.stream());
      }
      if (options.sendBuffer() > 0) {
        channel.stream().setOption(StandardSocketOptions.SO_SNDBUF, options.sendBuffer());
      }
      if (options.receiveBuffer() > 0) {
        channel.stream().setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBuffer());
      }
      return new SocketConn(descriptor, accepted.local(), accepted.remote());
    } catch (IOException | RuntimeException | Error e) {
      descriptor.close();
      throw e;
    }
  }

  /**
   * Serves the connections of a listener, see {@link Server}.
   *
   * @throws IllegalArgumentException if the options want more acceptors than this listener can have
   * @throws IOException if the listeners of those cannot be opened
   */
  public Server serve(Listener listener, ConnHandler handler, ServeOptions options)
      throws IOException {
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(options, "options");
    return Server.start(this, listener, handler, options);
  }

  /**
   * Serves the connections of a listener by callbacks, see {@link EventServer}.
   *
   * @throws Exception as {@link #serve}; what {@link EventHandler#onBoot} throws
   */
  public <M> EventServer<M> serveEvents(
      Listener listener,
      Codec<M> codec,
      EventHandler<M> handler,
      int messageLimit,
      ServeOptions options)
      throws Exception {
    return EventServer.start(this, listener, codec, handler, messageLimit, options);
  }

  /** Makes a queue of writes to a connection, see {@link WriteQueue}. */
  public WriteQueue writeQueue(Conn conn, WriteQueueOptions options) {
    Objects.requireNonNull(conn, "conn");
    Objects.requireNonNull(options, "options");
    return new WriteQueue(
        conn, options, queuedWrites, body -> start("write-queue", body, Places.ANYWHERE));
  }

  /** Starts a task, on a processor or {@link Places#ANYWHERE}. Any thread; never blocks. */
  void start(String name, Runnable body, int place) {
    var _ =
        place == Places.ANYWHERE
            ? scheduler.spawn(name, body)
            : scheduler.spawnOn(place, name, body);
  }

  /** Starts a task that stays on a processor. Any thread; never blocks. */
  void startPinned(String name, Runnable body, int place) {
    var _ = scheduler.spawnPinned(place, name, body);
  }

  /** How many tasks may run at the same time. */
  int processors() {
    return scheduler.processors();
  }

  ServerCounters serverCounters() {
    return serverCounters;
  }

  /**
   * Counters of all servers since the network began, and the states of their connections at this
   * moment. Looks at every open socket.
   */
  public ServerMetrics serverMetrics() {
    int[] counts = new int[2];
    eachServed(
        conn -> {
          counts[0]++;
          counts[1] += conn.isWorking() ? 1 : 0;
        });
    return serverCounters.metrics(counts[0], counts[1]);
  }

  /** How many bytes are queued for writing, in all queues. */
  public long queuedBytes() {
    return queuedWrites.usedBytes();
  }

  void began(Server server) {
    servers.add(server);
  }

  void ended(Server server) {
    servers.remove(server);
  }

  // ---- dialling

  /**
   * Connects to a TCP or Unix-domain address with the default options, see {@link
   * #dial(SocketAddress, DialOptions)}.
   */
  public Conn dial(SocketAddress address) throws IOException {
    return dial(address, DialOptions.DEFAULT);
  }

  /**
   * Connects to a TCP or Unix-domain address, waiting for the connection.
   *
   * <p>The name of an unresolved address is looked up meanwhile, and all its addresses are tried:
   * IPv6 and IPv4 in turns, each next one when the one before has failed or is slow, and the first
   * to answer is kept.
   *
   * @throws java.net.UnknownHostException if the name has no address
   * @throws java.net.ConnectException if the peer refuses; with several addresses the first
   *     failure, the others suppressed in it
   * @throws java.net.SocketTimeoutException if timeout or deadline of the options have passed
   * @throws java.nio.channels.AsynchronousCloseException if the network is closed meanwhile
   * @throws java.io.InterruptedIOException if the thread is interrupted meanwhile
   */
  public Conn dial(SocketAddress address, DialOptions options) throws IOException {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(options, "options");
    return new Dialer(this, address, options).dial();
  }

  // ---- datagrams

  /**
   * Opens a UDP socket. Blocks while a host name is looked up.
   *
   * @param local where it receives; the wildcard address is that of IPv4 and IPv6 alike, where the
   *     JVM has both; port 0 takes a free one. On another, sockets that all allow it ({@code
   *     SO_REUSEADDR}, as ours do) can meet, as the members of a group must
   * @throws java.net.UnknownHostException if the name has no address
   * @throws java.net.BindException if the address is in use, or not one of this machine
   */
  public PacketConn listenPacket(InetSocketAddress local) throws IOException {
    try {
      InetSocketAddress resolved = resolve(local, Deadlines.NEVER).getFirst();
      return openPacket(resolved, null, "listen");
    } catch (UnknownHostException e) {
      throw Descriptor.explain(e, "listen", local, null);
    }
  }

  /**
   * Opens a UDP socket that exchanges datagrams with one peer only. Nothing is sent. Blocks while a
   * host name is looked up.
   *
   * @throws java.net.UnknownHostException if the name has no address
   */
  public PacketConn dialPacket(InetSocketAddress remote) throws IOException {
    try {
      InetSocketAddress resolved = resolve(remote, Deadlines.NEVER).getFirst();
      return openPacket(null, resolved, "dial");
    } catch (UnknownHostException e) {
      throw Descriptor.explain(e, "dial", null, remote);
    }
  }

  private PacketConn openPacket(
      @Nullable InetSocketAddress local, @Nullable InetSocketAddress remote, String operation)
      throws IOException {
    DatagramChannel channel;
    try {
      channel = openDatagramChannel(local == null ? remote : local);
    } catch (IOException e) {
      throw Descriptor.explain(e, operation, local, remote);
    }
    try {
      if (local != null) {
        if (local.getPort() != 0) { // else the system may give one port to two of ours
          channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        channel.bind(local);
      }
      if (remote != null) {
        channel.connect(remote);
      }
    } catch (IOException e) {
      channel.close();
      throw Descriptor.explain(e, operation, local, remote);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
    return new SocketPacketConn(Descriptor.open(this, channel), channel);
  }

  /** At the wildcard address one that hears IPv4 and IPv6, where the JVM has both. */
  private DatagramChannel openDatagramChannel(@Nullable InetSocketAddress address)
      throws IOException {
    if (address == null || address.getAddress().isAnyLocalAddress()) {
      return channels.openDatagramChannel();
    }
    boolean six = address.getAddress() instanceof Inet6Address;
    try {
      return channels.openDatagramChannel(
          six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    } catch (UnsupportedOperationException e) {
      throw (SocketException) new SocketException("this JVM has no IPv6").initCause(e);
    }
  }

  // ---- sockets of java.net

  /**
   * Makes every {@link Socket} and {@link ServerSocket} that a task creates from now on one over
   * the network of its runtime; those of other threads stay the JDK's. Each behaves as the JDK's.
   * Opt-in, since a JVM takes such factories once. If it cannot be done, a line of the log says
   * why, and everything works as before.
   *
   * @return whether it is done, now or earlier
   */
  public static boolean installSockets() {
    return JdkSockets.install(
        () -> {
          Network network = current();
          return network == null ? null : network.sockets;
        });
  }

  /** A socket over this network that is not connected. It behaves as the JDK's. Any thread. */
  public Socket newSocket() throws IOException {
    return JdkSockets.newSocket(sockets);
  }

  /** A server socket over this network that is not bound. It behaves as the JDK's. Any thread. */
  public ServerSocket newServerSocket() throws IOException {
    return JdkSockets.newServerSocket(sockets);
  }

  // ---- what is open

  void opened(Descriptor descriptor) throws IOException {
    open.add(descriptor);
    if (closed) {
      descriptor.close();
      requireOpen();
    }
  }

  /** Once closed, the poller may be gone too, and its descriptor's number be another's. */
  void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the network is closed");
    }
  }

  void closed(Descriptor descriptor) {
    open.remove(descriptor);
  }

  /** All connections that a {@link Server} serves. */
  void eachServed(Consumer<ServedConn> action) {
    for (Descriptor descriptor : open) {
      ServedConn served = descriptor.served();
      if (served != null) {
        action.accept(served);
      }
    }
  }

  /** How many sockets are open. */
  public int openSockets() {
    return open.size();
  }

  /**
   * Has all servers drain, and closes all other listeners, so that no new connection comes in. Does
   * not wait for the servers, whose tasks end by themselves. What fails is logged.
   */
  public void closeListeners() {
    servers.forEach(Server::beginDraining);
    closeAll(descriptor -> descriptor.channel.isListener() && !descriptor.closesByItself);
  }

  /**
   * Closes every socket; blocked calls throw. New ones are refused. All calls are rejected before
   * the first socket is closed, and a read that finds the end of the stream looks once more: else
   * one whose peer is in this network too would take the close for that end. Does not wait for
   * connections that linger (SO_LINGER). What fails is logged.
   */
  @Override
  public void close() {
    closed = true;
    NETWORKS.remove(poller);
    waits.close();
    inOrder().forEach(descriptor -> descriptor.poll.evict());
    closeAll(_ -> true);
  }

  /** What is open, by descriptor: else a simulation would close in another order each time. */
  private Stream<Descriptor> inOrder() {
    return open.stream().sorted(Comparator.comparingInt(descriptor -> descriptor.poll.fd()));
  }

  private void closeAll(Predicate<Descriptor> which) {
    inOrder().filter(which).forEach(Descriptor::close);
  }
}
