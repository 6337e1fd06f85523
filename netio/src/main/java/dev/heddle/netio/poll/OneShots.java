package dev.heddle.netio.poll;

import dev.heddle.netio.epoll.Epoll;
import dev.heddle.netio.jdk.JdkPollers;
import dev.heddle.scheduler.spi.Pinning;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The waits of the JDK's own channels, sockets and selectors: each is one event of a descriptor
 * that is not registered for its life, as ours are, but for one wait.
 *
 * <p>Both directions of a descriptor share one registration. It is armed for what is wanted, and
 * disarmed by the kernel with the first event; a thread that still waits is armed again.
 *
 * <p>Each arming has a generation, which its event carries. An event of an earlier arming is stale:
 * the descriptor may be another by then, or another thread may wait for it. Dropping it loses
 * nothing, as arming looks at the descriptor again: what was ready still is, and is reported.
 *
 * <table>
 * <caption>What a descriptor's monitor guards, and what changes it</caption>
 * <tr><td>{@code wants} + a direction</td><td>a thread that begins to wait, with a new generation, and the kernel armed for all that is wanted</td></tr>
 * <tr><td>{@code wants} − a direction</td><td>the poller, for an event of this generation: it unparks the waiter, and arms again for what is left; or the waiter, when its wait has ended otherwise</td></tr>
 * </table>
 *
 * <p>The poller unparks under the monitor: so a thread that begins to wait for the same descriptor
 * later is not taken for the one before. No wakeup is lost: a waiter is in the JDK's map before it
 * arms, and an event that it has armed for finds it there.
 *
 * <p>A thread that begins to wait arms first and looks at {@code closed} after that; the closer
 * sets {@code closed} first and looks at all descriptors after that, each under its monitor: it
 * finds the wait, or the thread finds that nobody polls.
 *
 * <p>Held by {@code OneShotProof} and {@code OneShotCloseProof}.
 */
final class OneShots {
  private static final int INITIAL_CAPACITY = 256;
  private static final int READABLE = Epoll.IN | Epoll.HUP | Epoll.ERR;
  private static final int WRITABLE = Epoll.OUT | Epoll.HUP | Epoll.ERR;

  /** Marks the generations of these registrations; those of others are positive. */
  private static final int MARK = 0x8000_0000;

  private static final int COUNTED = 0x3fff_ffff; // so that no data equals that of a wakeup

  /** What it needs of the kernel and of the JDK. */
  interface Kernel {
    /** As {@link Epoll#change}. */
    int change(boolean modify, int fd, int interest, long data);

    /** As {@link Epoll#remove}. */
    void remove(int fd);

    /** Unparks the thread that waits for a descriptor in a poller of the JDK's. */
    void polled(Object poller, int fd);
  }

  private final Kernel kernel;

  /** By descriptor number. Replaced as a whole, under the monitor. */
  private volatile Watched[] table = filled(new Watched[0], INITIAL_CAPACITY);

  private volatile boolean used; // set once
  private volatile boolean closed; // set once, by the closer

  OneShots(Kernel kernel) {
    this.kernel = kernel;
  }

  /** As it is used. */
  static OneShots over(Epoll epoll) {
    return new OneShots(
        new Kernel() {
          @Override
          public int change(boolean modify, int fd, int interest, long data) {
            return epoll.change(modify, fd, interest, data);
          }

          @Override
          public void remove(int fd) {
            epoll.remove(fd);
          }

          @Override
          public void polled(Object poller, int fd) {
            JdkPollers.polled(poller, fd);
          }
        });
  }

  /** Whether an event is one of these. */
  static boolean isOneShot(int generation) {
    return generation < 0;
  }

  /** Whether any wait has ever begun. */
  boolean isUsed() {
    return used;
  }

  /** Whether any thread waits; looks at all descriptors. */
  boolean hasWaiters() {
    for (Watched watched : table) {
      if (watched.wants != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * A thread is about to wait: {@code poller} is called when the descriptor is ready.
   *
   * @return false if nobody polls any more: the wait is to go elsewhere
   */
  boolean begin(Object poller, int fd, boolean write) throws IOException {
    used = true;
    Pinning.pin();
    try {
      Watched watched = watched(fd);
      synchronized (watched) {
        watched.want(poller, write);
        int errno = arm(fd, watched);
        if (errno == 0 && !closed) {
          return true;
        }
        watched.wants &= ~bit(write);
        if (closed) {
          return false;
        }
        throw new IOException("epoll_ctl failed: " + errno);
      }
    } finally {
      Pinning.unpin();
    }
  }

  /** The wait is over, by an event or otherwise. */
  void end(int fd, boolean write) {
    Watched known = watched(fd);
    if ((known.wants & bit(write)) == 0) {
      return; // by an event
    }
    Pinning.pin();
    try {
      synchronized (known) {
        if ((known.wants & bit(write)) != 0) {
          known.wants &= ~bit(write);
          rearm(fd, known);
        }
      }
    } finally {
      Pinning.unpin();
    }
  }

  /** An event. Called by the thread that polls, one at a time. */
  void ready(int fd, int generation, int events) {
    Watched watched = watched(fd);
    synchronized (watched) {
      if (watched.generation != generation) {
        return;
      }
      int fired =
          ((events & READABLE) == 0 ? 0 : Epoll.IN) | ((events & WRITABLE) == 0 ? 0 : Epoll.OUT);
      fired &= watched.wants;
      watched.wants &= ~fired;
      if (watched.wants != 0) {
        rearm(fd, watched);
      }
      unpark(fd, watched, fired);
    }
  }

  /**
   * Nobody polls any more: unparks all threads that wait, which look again, and wait elsewhere.
   * Called once.
   */
  void close() {
    closed = true;
    Watched[] all = table;
    for (int fd = 0; fd < all.length; fd++) {
      Watched watched = all[fd];
      synchronized (watched) {
        int wanted = watched.wants;
        watched.wants = 0;
        unpark(fd, watched, wanted);
      }
    }
  }

  /** The caller has the monitor. */
  private void unpark(int fd, Watched watched, int directions) {
    Object reader = watched.reader;
    if ((directions & Epoll.IN) != 0 && reader != null) {
      kernel.polled(reader, fd);
    }
    Object writer = watched.writer;
    if ((directions & Epoll.OUT) != 0 && writer != null) {
      kernel.polled(writer, fd);
    }
  }

  private static int bit(boolean write) {
    return write ? Epoll.OUT : Epoll.IN;
  }

  /** Arms for what is wanted; returns 0 or an error code. The caller has the monitor. */
  private int arm(int fd, Watched watched) {
    watched.generation = MARK | ((watched.generation + 1) & COUNTED);
    int interest = watched.wants | Epoll.ONESHOT;
    long data = ((long) watched.generation << 32) | fd;
    int errno = kernel.change(watched.registered, fd, interest, data);
    if (errno == (watched.registered ? Epoll.ENOENT : Epoll.EEXIST)) {
      // Closed meanwhile, and the number is another's; or that of a file that lives on elsewhere.
      errno = kernel.change(!watched.registered, fd, interest, data);
    }
    watched.registered = errno == 0;
    return errno;
  }

  /** Arms for what is left, or takes the registration back. The caller has the monitor. */
  private void rearm(int fd, Watched watched) {
    if (watched.wants != 0) {
      int _ = arm(fd, watched); // fails only if the descriptor is closed, whose waiters are woken
    } else {
      watched.generation = MARK | ((watched.generation + 1) & COUNTED);
      kernel.remove(fd);
      watched.registered = false;
    }
  }

  private Watched watched(int fd) {
    Watched[] seen = table;
    return fd < seen.length ? seen[fd] : grow(fd);
  }

  private Watched grow(int fd) {
    Pinning.pin();
    try {
      synchronized (this) {
        if (fd >= table.length) {
          table = filled(table, Math.max(fd + 1, 2 * table.length));
        }
        return table[fd];
      }
    } finally {
      Pinning.unpin();
    }
  }

  private static Watched[] filled(Watched[] some, int length) {
    Watched[] all = Arrays.copyOf(some, length);
    for (int i = some.length; i < length; i++) {
      all[i] = new Watched();
    }
    return all;
  }

  /** A descriptor number. */
  private static final class Watched {
    volatile int wants; // Epoll.IN, Epoll.OUT; written under the monitor
    int generation; // guarded by the monitor
    boolean registered; // guarded by the monitor
    @Nullable Object reader; // guarded by the monitor
    @Nullable Object writer; // guarded by the monitor

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the monitor
    void want(Object poller, boolean write) {
      wants |= bit(write);
      if (write) {
        writer = poller;
      } else {
        reader = poller;
      }
    }
  }
}
