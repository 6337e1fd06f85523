package dev.heddle.netio;

import dev.heddle.netio.poll.Sleeper;
import dev.heddle.scheduler.time.Clock;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link Server}: asleep, or in the hands of one task.
 *
 * <table>
 * <caption>Who has it</caption>
 * <tr><td>the acceptor</td><td>from {@link #begin} until it sleeps, or a task was started for it</td></tr>
 * <tr><td>nobody: asleep</td><td>from {@link Sleepable#sleep} until the poller, a timer or a closer calls {@link #wake}, which starts a task</td></tr>
 * <tr><td>a task</td><td>until it sleeps again, or is closed</td></tr>
 * </table>
 *
 * <p>Fields are written by who has it; the poll descriptor's state and the run queue hand them on.
 */
final class ServedConn implements Sleeper {
  /** How long a new connection may be silent while the server drains. */
  private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Server server;
  private final Conn conn;
  private final Sleepable sleepable;
  private final SocketAddress remote;
  private final Runnable onAwake = this::awoken; // one for all its tasks
  private final ConnHandler handler;
  private final short place; // where its tasks begin; a short, as it costs nothing

  /** When the sleep ends for want of data, on the clock of nanoTime. */
  private long sleepUntil = Deadlines.NEVER;

  private boolean greets; // speaks first, and has not yet
  private boolean served; // a request, at least once
  private volatile boolean working; // by who has it; read by metrics

  ServedConn(Server server, Conn conn, Sleepable sleepable, ConnHandler handler, int place) {
    this.server = server;
    this.conn = conn;
    this.sleepable = sleepable;
    this.handler = handler;
    this.place = (short) place;
    assert this.place == place : "more processors than there may be";
    this.remote = conn.remoteAddress();
  }

  /** The descriptor is given back. Called once, by whoever leaves it last; must not block. */
  void released() {
    server.ended(remote, place);
  }

  /** Bytes have come or gone. Any thread. */
  void count(ServerCounters.Count what, long bytes) {
    server.counters().add(what, bytes);
  }

  boolean isWorking() {
    return working;
  }

  boolean isOf(Server server) {
    return this.server == server;
  }

  /** Sleeps until the first bytes come. By the acceptor. */
  void begin() {
    sleepable.socket().justRegistered();
    try {
      greets = handler.speaksFirst();
      if (greets || !fallAsleep()) {
        server.start(this::work, place);
      }
    } catch (Throwable e) {
      end(e);
    }
  }

  /** Ends its sleep, if it sleeps, so that it sees that the server drains. Any thread. */
  void disturb() {
    sleepable.socket().descriptor().poll.reader().disturb();
  }

  /** Gives the descriptor back at once, whatever is above it. Any thread. */
  void abandon() {
    sleepable.socket().descriptor().close();
  }

  @Override
  public void wake() {
    try {
      server.start(onAwake, place);
    } catch (RuntimeException | Error e) { // the scheduler takes no tasks any more
      sleepable.awoken();
      abandon();
    }
  }

  private void awoken() {
    sleepable.awoken();
    if (!conn.isOpen()) {
      closed(null);
      return;
    }
    if (sleepUntil != Deadlines.NEVER && Clock.nanoTime() - sleepUntil >= 0) {
      server.expired(this, served);
      close(null);
    } else {
      work();
    }
  }

  private void work() {
    working = true;
    try {
      do {
        if (!greets && server.isDraining() && sleepable.isEmpty() && !sendsFirstRequest()) {
          handler.draining(conn);
          break;
        }
        served = !greets;
        greets = false;
        conn.setReadDeadline(server.headDeadline());
        handler.serve(conn);
        if (!conn.isOpen() || sleepable.hasEnded()) {
          break;
        }
        working = false;
        if (fallAsleep()) {
          return;
        }
        working = true;
      } while (true);
      close(null);
    } catch (Throwable e) {
      end(e);
    }
  }

  /** Who has connected just now is about to ask. False if it is not new, or does not in time. */
  private boolean sendsFirstRequest() throws IOException {
    if (served) {
      return false;
    }
    long until = Clock.nanoTime() + FIRST_REQUEST_NANOS;
    boolean sooner = sleepUntil != Deadlines.NEVER && sleepUntil - until < 0;
    conn.setReadDeadline(sooner ? sleepUntil : until);
    try {
      conn.awaitReadable();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private boolean fallAsleep() throws IOException {
    if (server.isDraining()) {
      return false;
    }
    sleepUntil = served ? server.idleDeadline() : server.headDeadline();
    conn.setReadDeadline(sleepUntil);
    if (!sleepable.sleep(this)) {
      return false;
    }
    if (server.isDraining()) { // since it looked; who drains has looked for sleepers meanwhile
      disturb();
    }
    return true;
  }

  /** The handler, or the connection, has failed. */
  private void end(Throwable failure) {
    try {
      server.failed(this, failure, sleepable.socket().hasStalled());
    } finally {
      close(failure); // there may be no memory to say why
    }
  }

  private void close(@Nullable Throwable failure) {
    try {
      conn.close();
    } catch (IOException | RuntimeException | Error e) {
      abandon();
      server.failed(this, e, false);
    }
    closed(failure);
  }

  /** It is nobody's any more. By who had it last. */
  private void closed(@Nullable Throwable failure) {
    try {
      handler.closed(conn, failure);
    } catch (Throwable e) {
      server.failed(this, e, false);
    }
  }

  @Override
  public String toString() {
    return conn.toString();
  }
}
