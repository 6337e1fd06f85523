package dev.heddle.netio.epoll;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The binding of Linux's eventfd: a descriptor that is readable while somebody has signalled it and
 * nobody has drained it.
 */
public final class EventFd implements AutoCloseable {
  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;

  private static final MethodHandle EVENTFD =
      Epoll.handle(
          "eventfd",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle READ = Epoll.handle("read", readOrWrite());
  private static final MethodHandle WRITE = Epoll.handle("write", readOrWrite());

  private final Arena arena = Arena.ofShared();
  private final MemorySegment one = arena.allocate(8, 8);
  private final MemorySegment count = arena.allocate(8, 8);
  private final MemorySegment writeState = Epoll.allocateCallState(arena);
  private final MemorySegment readState = Epoll.allocateCallState(arena);
  private final int fd;

  public EventFd() throws IOException {
    one.set(ValueLayout.JAVA_LONG, 0, 1L);
    try {
      fd = (int) EVENTFD.invokeExact(writeState, 0, CLOEXEC | NONBLOCK);
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
    if (fd < 0) {
      int errno = Epoll.errno(writeState);
      arena.close();
      throw new IOException("eventfd failed: " + Errno.words(errno));
    }
  }

  private static FunctionDescriptor readOrWrite() {
    return FunctionDescriptor.of(
        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  }

  public int fd() {
    return fd;
  }

  /** Makes the descriptor readable. Thread-safe, never blocks. */
  public void signal() {
    try {
      long _ =
          (long)
              WRITE.invokeExact(
                  writeState, fd, one, 8L); // fails only when it is as readable as can be
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /** Makes the descriptor unreadable again. One thread at a time, never blocks. */
  public void drain() {
    try {
      long _ =
          (long) READ.invokeExact(readState, fd, count, 8L); // fails only when there was nothing
    } catch (Throwable e) {
      throw Epoll.rethrow(e);
    }
  }

  /**
   * Waits for the moment that a signal under way takes; later calls throw {@link
   * IllegalStateException}. The number is given back last, so that no signal reaches a descriptor
   * that has got it since.
   */
  @Override
  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on what yield() does
  public void close() {
    while (arena.scope().isAlive()) {
      try {
        arena.close();
      } catch (IllegalStateException e) {
        Thread.yield(); // a thread is inside of signal, and may want this processor
      }
    }
    Epoll.closeFd(fd);
  }
}
