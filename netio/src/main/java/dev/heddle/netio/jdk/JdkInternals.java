package dev.heddle.netio.jdk;

import dev.heddle.scheduler.MissingFlagException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.channels.Channel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sun.nio.ch.NioSocketImpl;
import sun.nio.ch.SelChImpl;

/**
 * The bridge to the JDK's own sockets: what of {@code sun.nio.ch} this package calls. The methods
 * of a {@link SocketImpl} are protected, so each has a handle.
 */
final class JdkInternals {
  private JdkInternals() {}

  /** Why the JDK's sockets cannot be reached; empty if they can. */
  static Optional<String> unavailable() {
    try {
      Handles.init();
      return Optional.empty();
    } catch (LinkageError e) {
      String flag =
          "--add-opens java.base/sun.nio.ch=" + MissingFlagException.moduleOf(JdkInternals.class);
      return Optional.of(
          e.getCause() instanceof IllegalAccessException || e instanceof IllegalAccessError
              ? "this needs the flag " + flag
              : "Java " + Runtime.version() + " has other sockets: " + e.getCause());
    }
  }

  /** The JDK's own implementation, of a socket that is not created yet. */
  static SocketImpl newPlatformSocket(boolean server) {
    return new NioSocketImpl(server);
  }

  // ---- channels: the caller keeps them open meanwhile

  /** How many bytes a read would find now. */
  static int available(Channel channel) throws IOException {
    try {
      return (int) Handles.AVAILABLE.invokeExact(((SelChImpl) channel).getFD());
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /** Sets an option of the protocol IP, of both versions if the socket serves both. */
  static void setIpOption(Channel channel, SocketOption<?> option, Object value)
      throws IOException {
    try {
      Handles.SET_IP_OPTION.invokeExact(((SelChImpl) channel).getFD(), family(), option, value);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static Object getIpOption(Channel channel, SocketOption<?> option) throws IOException {
    try {
      return (Object)
          Handles.GET_IP_OPTION.invokeExact(((SelChImpl) channel).getFD(), family(), option);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  private static ProtocolFamily family() throws Throwable {
    return (boolean) Handles.HAS_IPV6.invokeExact()
        ? java.net.StandardProtocolFamily.INET6
        : java.net.StandardProtocolFamily.INET;
  }

  // ---- the JDK's sockets

  static void create(SocketImpl socket) throws IOException {
    try {
      Handles.CREATE.invokeExact(socket, true);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void connect(SocketImpl socket, SocketAddress remote, int timeoutMillis)
      throws IOException {
    try {
      Handles.CONNECT.invokeExact(socket, remote, timeoutMillis);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void bind(SocketImpl socket, InetAddress host, int port) throws IOException {
    try {
      Handles.BIND.invokeExact(socket, host, port);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void listen(SocketImpl socket, int backlog) throws IOException {
    try {
      Handles.LISTEN.invokeExact(socket, backlog);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void accept(SocketImpl socket, SocketImpl accepted) throws IOException {
    try {
      Handles.ACCEPT.invokeExact(socket, accepted);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static InputStream inputStream(SocketImpl socket) throws IOException {
    try {
      return (InputStream) Handles.INPUT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static OutputStream outputStream(SocketImpl socket) throws IOException {
    try {
      return (OutputStream) Handles.OUTPUT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static int available(SocketImpl socket) throws IOException {
    try {
      return (int) Handles.SOCKET_AVAILABLE.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void close(SocketImpl socket) throws IOException {
    try {
      Handles.CLOSE.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void shutdownInput(SocketImpl socket) throws IOException {
    try {
      Handles.SHUTDOWN_INPUT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void shutdownOutput(SocketImpl socket) throws IOException {
    try {
      Handles.SHUTDOWN_OUTPUT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void sendUrgentData(SocketImpl socket, int data) throws IOException {
    try {
      Handles.URGENT.invokeExact(socket, data);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static InetAddress inetAddress(SocketImpl socket) {
    try {
      return (InetAddress) Handles.ADDRESS.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static int port(SocketImpl socket) {
    try {
      return (int) Handles.PORT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static int localPort(SocketImpl socket) {
    try {
      return (int) Handles.LOCAL_PORT.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  @SuppressWarnings("unchecked") // what the method returns
  static Set<SocketOption<?>> supportedOptions(SocketImpl socket) {
    try {
      return (Set<SocketOption<?>>) (Set<?>) Handles.OPTIONS.invokeExact(socket);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static void setOption(SocketImpl socket, SocketOption<?> option, Object value)
      throws IOException {
    try {
      Handles.SET_OPTION.invokeExact(socket, option, value);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  static Object getOption(SocketImpl socket, SocketOption<?> option) throws IOException {
    try {
      return (Object) Handles.GET_OPTION.invokeExact(socket, option);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException rethrow(Throwable e) throws T {
    throw (T) e;
  }

  /** Apart, so that a JVM that does not let us in fails here and nowhere else. */
  private static final class Handles {
    static final MethodHandle AVAILABLE;
    static final MethodHandle SET_IP_OPTION;
    static final MethodHandle GET_IP_OPTION;
    static final MethodHandle HAS_IPV6;
    static final MethodHandle CREATE;
    static final MethodHandle CONNECT;
    static final MethodHandle BIND;
    static final MethodHandle LISTEN;
    static final MethodHandle ACCEPT;
    static final MethodHandle INPUT;
    static final MethodHandle OUTPUT;
    static final MethodHandle SOCKET_AVAILABLE;
    static final MethodHandle CLOSE;
    static final MethodHandle SHUTDOWN_INPUT;
    static final MethodHandle SHUTDOWN_OUTPUT;
    static final MethodHandle URGENT;
    static final MethodHandle ADDRESS;
    static final MethodHandle PORT;
    static final MethodHandle LOCAL_PORT;
    static final MethodHandle OPTIONS;
    static final MethodHandle SET_OPTION;
    static final MethodHandle GET_OPTION;

    static {
      try {
        Class<?> net = Class.forName("sun.nio.ch.Net");
        var inNet = MethodHandles.privateLookupIn(net, MethodHandles.lookup());
        AVAILABLE =
            inNet.findStatic(
                net, "available", MethodType.methodType(int.class, FileDescriptor.class));
        SET_IP_OPTION =
            inNet.findStatic(
                net,
                "setIpSocketOption",
                MethodType.methodType(
                    void.class,
                    List.of(
                        FileDescriptor.class,
                        ProtocolFamily.class,
                        SocketOption.class,
                        Object.class)));
        GET_IP_OPTION =
            inNet.findStatic(
                net,
                "getSocketOption",
                MethodType.methodType(
                    Object.class,
                    List.of(FileDescriptor.class, ProtocolFamily.class, SocketOption.class)));
        HAS_IPV6 = inNet.findStatic(net, "isIPv6Available", MethodType.methodType(boolean.class));
        CREATE = method("create", void.class, boolean.class);
        CONNECT = method("connect", void.class, SocketAddress.class, int.class);
        BIND = method("bind", void.class, InetAddress.class, int.class);
        LISTEN = method("listen", void.class, int.class);
        ACCEPT = method("accept", void.class, SocketImpl.class);
        INPUT = method("getInputStream", InputStream.class);
        OUTPUT = method("getOutputStream", OutputStream.class);
        SOCKET_AVAILABLE = method("available", int.class);
        CLOSE = method("close", void.class);
        SHUTDOWN_INPUT = method("shutdownInput", void.class);
        SHUTDOWN_OUTPUT = method("shutdownOutput", void.class);
        URGENT = method("sendUrgentData", void.class, int.class);
        ADDRESS = method("getInetAddress", InetAddress.class);
        PORT = method("getPort", int.class);
        LOCAL_PORT = method("getLocalPort", int.class);
        OPTIONS = method("supportedOptions", Set.class);
        SET_OPTION = method("setOption", void.class, SocketOption.class, Object.class);
        GET_OPTION = method("getOption", Object.class, SocketOption.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static MethodHandle method(String name, Class<?> result, Class<?>... parameters)
        throws ReflectiveOperationException {
      var found =
          MethodHandles.privateLookupIn(NioSocketImpl.class, MethodHandles.lookup())
              .findVirtual(NioSocketImpl.class, name, MethodType.methodType(result, parameters));
      return found.asType(found.type().changeParameterType(0, SocketImpl.class));
    }

    static void init() {}
  }
}
