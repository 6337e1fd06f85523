package dev.heddle.simulation;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a simulated socket: they are kept, and few change anything. */
final class SocketOptions {
  static final Set<SocketOption<?>> STREAM =
      Set.of(
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_KEEPALIVE,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_LINGER,
          StandardSocketOptions.TCP_NODELAY);
  static final Set<SocketOption<?>> LISTENER =
      Set.of(
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT);
  static final Set<SocketOption<?>> DATAGRAM =
      Set.of(
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_BROADCAST);

  private static final int BUFFER = 64 * 1024;

  private final Set<SocketOption<?>> supported;
  private final Map<SocketOption<?>, Object> values = new HashMap<>();

  SocketOptions(Set<SocketOption<?>> supported) {
    this.supported = supported;
  }

  Set<SocketOption<?>> supported() {
    return supported;
  }

  void set(SocketOption<?> option, @Nullable Object value) {
    require(option);
    if (value == null) {
      throw new IllegalArgumentException("no value for " + option.name());
    }
    values.put(option, value);
  }

  /** What was set, or what it is at first. */
  <T> T get(SocketOption<T> option) {
    require(option);
    Object value = values.getOrDefault(option, initial(option));
    return option.type().cast(value);
  }

  private static Object initial(SocketOption<?> option) {
    if (option.type() == Boolean.class) {
      return false;
    }
    return option == StandardSocketOptions.SO_LINGER ? -1 : BUFFER;
  }

  private void require(SocketOption<?> option) {
    if (!supported.contains(option)) {
      throw new UnsupportedOperationException("'" + option.name() + "' not supported");
    }
  }
}
