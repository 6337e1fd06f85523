package dev.heddle.netio.jdk;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where {@link java.net.Socket}s over our poller come from: made one by one, or, once installed, by
 * every constructor of {@link Socket} and {@link ServerSocket} that a task calls.
 *
 * <p>The JDK can be given its factories once in a JVM, and keeps them.
 */
public final class JdkSockets {
  private static final Logger LOG = LoggerFactory.getLogger(JdkSockets.class);

  private static boolean tried; // guarded by the class
  private static volatile boolean installed; // set once, under the lock of the class
  private static volatile @Nullable Supplier<@Nullable SocketHost> hosts; // set under that lock

  private JdkSockets() {}

  /** The network of the runtime whose task calls; null if the caller is no task. */
  static @Nullable SocketHost hostOfCaller() {
    var known = hosts;
    return known == null ? null : known.get();
  }

  /**
   * Makes the sockets of tasks come from here. All others stay the JDK's. Once it is done, calling
   * it again does nothing. If it cannot be done, one line of the log says why, and all sockets are
   * the JDK's.
   *
   * @param hostOfCaller finds the network of the task that calls it; null if the caller is no task
   * @return whether sockets of tasks come from here now
   */
  @SuppressWarnings("deprecation") // there is no other way to give all of a program's sockets
  public static synchronized boolean install(Supplier<@Nullable SocketHost> hostOfCaller) {
    if (!tried) {
      hosts = hostOfCaller;
      tried = true;
      installed = setFactories();
    }
    return installed;
  }

  /**
   * Sets the factory of server sockets first: if the other one cannot be set, it makes sockets of
   * the JDK, which work beside any factory of the program's.
   */
  @SuppressWarnings("deprecation") // there is no other way to give all of a program's sockets
  private static boolean setFactories() {
    var unavailable = JdkInternals.unavailable();
    if (unavailable.isPresent()) {
      LOG.warn("the sockets of tasks stay the JDK's: {}", unavailable.get());
      return false;
    }
    try {
      ServerSocket.setSocketFactory(
          () ->
              installed
                  ? new HeddleSocketImpl(null, true, false)
                  : JdkInternals.newPlatformSocket(true));
      Socket.setSocketImplFactory(() -> new HeddleSocketImpl(null, false, Socks.mayApply()));
      return true;
    } catch (IOException e) {
      LOG.warn("the sockets of tasks stay the JDK's: the program has a socket factory of its own");
      return false;
    }
  }

  /** A socket over a network, for any thread, and whether or not this is installed. */
  public static Socket newSocket(SocketHost host) throws IOException {
    requireAccess();
    return new HostedSocket(new HeddleSocketImpl(host, false, false));
  }

  /** A server socket over a network, as {@link #newSocket}, and so are those that it accepts. */
  public static ServerSocket newServerSocket(SocketHost host) throws IOException {
    requireAccess();
    return new HostedServerSocket(new HeddleSocketImpl(host, true, false));
  }

  private static void requireAccess() throws SocketException {
    var unavailable = JdkInternals.unavailable();
    if (unavailable.isPresent()) {
      throw new SocketException(unavailable.get());
    }
  }

  /** Only to reach the constructor that takes an implementation. */
  private static final class HostedSocket extends Socket {
    HostedSocket(SocketImpl implementation) throws SocketException {
      super(implementation);
    }
  }

  /**
   * Accepts with an implementation of ours. That of the JDK asks the factory of all sockets for
   * one, and fails if there is none.
   */
  private static final class HostedServerSocket extends ServerSocket {
    HostedServerSocket(SocketImpl implementation) {
      super(implementation);
    }

    @Override
    public Socket accept() throws IOException {
      if (isClosed()) {
        throw new SocketException("Socket is closed");
      }
      if (!isBound()) {
        throw new SocketException("Socket is not bound yet");
      }
      var socket = new HostedSocket(new HeddleSocketImpl(null, false, false));
      implAccept(socket);
      return socket;
    }
  }
}
