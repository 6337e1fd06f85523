package dev.heddle.simulation;

import dev.heddle.Heddle;
import dev.heddle.ThrowingRunnable;
import dev.heddle.netio.Network;
import dev.heddle.scheduler.facade.Scheduler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine: a runtime of its own, an address, and what it does when its power fails.
 *
 * <p>All methods are for tasks of the simulation.
 */
public final class Host {
  /** What a host runs when it starts, and again each time after it was restarted. */
  public interface Program {
    /** Runs it, as a task of that host. */
    void run(Heddle heddle) throws Exception;
  }

  private static final int FIRST_FREE_PORT = 49_152;
  private static final int LAST_PORT = 65_535;

  private final Conductor conductor;
  private final String name;
  private final InetAddress address;
  private final Disk disk = new Disk();

  // What the system knows, and loses in a crash.
  private final Map<Integer, Backlog> backlogs = new HashMap<>();
  private final Set<Endpoint> endpoints = new LinkedHashSet<>();
  private final Map<Integer, SimulatedDatagramChannel> datagrams = new HashMap<>();
  private int nextPort = FIRST_FREE_PORT;

  private int descriptors; // that were ever opened: none comes twice
  private int incarnation; // counts crashes
  private boolean up;
  private @Nullable Program program;
  private @Nullable Heddle heddle;
  private @Nullable Scheduler scheduler;

  Host(Conductor conductor, String name, InetAddress address) {
    this.conductor = conductor;
    this.name = name;
    this.address = address;
    boot();
  }

  private void boot() {
    Scheduler tasks = conductor.newScheduler(this);
    Network network = Network.of(tasks, new SimulatedChannels(this), (name, _) -> resolve(name));
    scheduler = tasks;
    heddle = Heddle.of(tasks, network, conductor.clock(), Duration.ofSeconds(2));
    up = true;
  }

  // ---- what it is

  /** Its name, which programs can look up: {@code InetSocketAddress.createUnresolved}. */
  public String name() {
    return name;
  }

  /** An address of this host, resolved. */
  public InetSocketAddress at(int port) {
    return new InetSocketAddress(address, port);
  }

  /**
   * Its runtime: as any other, but for its network and its clock.
   *
   * @throws IllegalStateException while its power is off
   */
  public Heddle heddle() {
    if (heddle == null) {
      throw new IllegalStateException(name + " has no power");
    }
    return heddle;
  }

  /** What it keeps over a crash. */
  public Disk disk() {
    return disk;
  }

  /** Whether it has power. */
  public boolean isUp() {
    return up;
  }

  boolean hasProgram() {
    return program != null;
  }

  /** Whether it has a process: it has power, and was not killed. */
  boolean runs() {
    return heddle != null;
  }

  // ---- what it runs

  /** Starts a task on it, once. */
  public Thread go(String name, ThrowingRunnable body) {
    return heddle().go(name, body);
  }

  /** Starts its program, as a task of the name {@code main}; {@link #restart} starts it again. */
  public void start(Program program) {
    this.program = program;
    Heddle here = heddle();
    here.go("main", () -> program.run(here));
  }

  /**
   * Its power fails. Tasks stop where they are and run nothing any more, not even their {@code
   * finally} blocks; nobody is told; its disk keeps what was synced. From a task of this host the
   * call does not return.
   */
  public void crash() {
    if (!up) {
      return;
    }
    conductor.note("loses its power", this);
    incarnation++;
    disk.crash();
    backlogs.clear();
    datagrams.clear();
    endpoints.clear();
    up = false;
    end();
  }

  /**
   * Its process is killed, and its system goes on: sockets are closed, and peers hear of it. Else
   * as {@link #crash}; what was written to the disk is there, synced or not.
   */
  public void kill() {
    if (heddle == null) {
      return;
    }
    conductor.note("has its process killed", this);
    List.copyOf(backlogs.values()).forEach(Backlog::close);
    backlogs.clear();
    datagrams.clear();
    List.copyOf(endpoints).forEach(endpoint -> endpoint.close(false));
    end();
  }

  private void end() {
    Heddle ended = heddle;
    Scheduler tasks = scheduler;
    heddle = null;
    scheduler = null;
    if (ended == null || tasks == null) {
      return;
    }
    boolean isOwn = tasks.isCurrent();
    conductor.abandon(this, tasks);
    if (isOwn) {
      conductor.between(ended::abandon);
      for (; ; ) {
        LockSupport.park(this); // for good: nobody runs this task any more
      }
    }
    ended.abandon();
  }

  /** Starts it again, after a crash or a kill, with its program if it has one. */
  public void restart() {
    if (heddle != null) {
      throw new IllegalStateException(name + " runs");
    }
    conductor.note("starts again", this);
    boot();
    if (program != null) {
      start(program);
    }
  }

  /** The simulation is over. */
  void release() {
    if (heddle != null) {
      up = false;
      incarnation++;
      end();
    }
  }

  int incarnation() {
    return incarnation;
  }

  // ---- its system

  int nextDescriptor() {
    return descriptors++;
  }

  Wire wire() {
    return conductor.wire;
  }

  private List<InetSocketAddress> resolve(InetSocketAddress wanted) throws UnknownHostException {
    if (!wanted.isUnresolved()) {
      return List.of(wanted);
    }
    Host found = conductor.hostNamed(wanted.getHostString());
    if (found == null) {
      throw new UnknownHostException("unknown host");
    }
    return List.of(found.at(wanted.getPort()));
  }

  /** A free port for 0, and this host's own address for any; else what was asked for. */
  InetSocketAddress freeAddress(@Nullable InetSocketAddress wanted) throws IOException {
    int port = wanted == null ? 0 : wanted.getPort();
    InetAddress at = wanted == null ? null : wanted.getAddress();
    if (at == null || at.isAnyLocalAddress()) {
      at = address;
    }
    if (!at.equals(address) && !at.isLoopbackAddress()) {
      throw new BindException("Cannot assign requested address");
    }
    return new InetSocketAddress(at, port == 0 ? freePort() : port);
  }

  private int freePort() throws BindException {
    for (int i = FIRST_FREE_PORT; i <= LAST_PORT; i++) {
      int port = nextPort;
      nextPort = port == LAST_PORT ? FIRST_FREE_PORT : port + 1;
      if (!backlogs.containsKey(port)
          && !datagrams.containsKey(port)
          && endpoints.stream().noneMatch(e -> e.local.getPort() == port)) {
        return port;
      }
    }
    throw new BindException("Address already in use");
  }

  void listen(Backlog backlog) throws BindException {
    if (backlogs.putIfAbsent(backlog.local.getPort(), backlog) != null) {
      throw new BindException("Address already in use");
    }
  }

  void unlisten(Backlog backlog) {
    backlogs.remove(backlog.local.getPort(), backlog);
  }

  /** Who listens at an address of this host; null if nobody does. */
  @Nullable Backlog backlog(InetSocketAddress at) {
    Backlog found = backlogs.get(at.getPort());
    return found == null
            || (found.local.getAddress().isLoopbackAddress()
                && !at.getAddress().isLoopbackAddress())
        ? null
        : found;
  }

  /** An end of a connection to another host, or to this one. */
  Endpoint connect(@Nullable InetSocketAddress from, InetSocketAddress to) throws IOException {
    Host target = find(to);
    InetSocketAddress local =
        from != null
            ? from
            : new InetSocketAddress(target == this ? to.getAddress() : address, freePort());
    return new Endpoint(conductor.wire, this, local, target, to);
  }

  /** The host with an address; itself for the loopback address. */
  Host find(InetSocketAddress to) throws NoRouteToHostException {
    Host target = to.getAddress().isLoopbackAddress() ? this : conductor.hostAt(to.getAddress());
    if (target == null) {
      throw new NoRouteToHostException("No route to host");
    }
    return target;
  }

  void bind(InetSocketAddress local, SimulatedDatagramChannel channel) throws BindException {
    if (datagrams.putIfAbsent(local.getPort(), channel) != null) {
      throw new BindException("Address already in use");
    }
  }

  void unbind(InetSocketAddress local, SimulatedDatagramChannel channel) {
    datagrams.remove(local.getPort(), channel);
  }

  /** Who receives what is sent to an address of this host; null if nobody does. */
  @Nullable SimulatedDatagramChannel boundTo(InetSocketAddress at) {
    return datagrams.get(at.getPort());
  }

  void remember(Endpoint endpoint) {
    endpoints.add(endpoint);
  }

  void forget(Endpoint endpoint) {
    endpoints.remove(endpoint);
  }

  @Override
  public String toString() {
    return name;
  }
}
