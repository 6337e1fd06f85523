package dev.heddle.netio.epoll;

import dev.heddle.scheduler.MissingFlagException;
import java.util.Optional;

/**
 * Whether epoll can be used here. Apart from {@link Epoll}, whose initialisation fails where it
 * cannot.
 */
public final class EpollSupport {
  private static final Optional<String> UNAVAILABLE = find();

  private EpollSupport() {}

  /** Why there is no epoll; empty if there is. */
  public static Optional<String> unavailable() {
    return UNAVAILABLE;
  }

  /** Whether this is a machine with epoll, on which only the JVM is in the way. */
  public static boolean isExpected() {
    return isLinux() && isKnownLayout();
  }

  private static boolean isLinux() {
    return System.getProperty("os.name").equals("Linux");
  }

  private static boolean isKnownLayout() {
    return System.getProperty("os.arch").matches("amd64|x86_64|aarch64");
  }

  private static Optional<String> find() {
    if (!isLinux()) {
      return Optional.of("epoll is Linux's; this is " + System.getProperty("os.name"));
    }
    if (!isKnownLayout()) {
      return Optional.of(
          "the layout of epoll_event is not known on " + System.getProperty("os.arch"));
    }
    try {
      Epoll.init();
      return Optional.empty();
    } catch (LinkageError e) {
      if (EpollSupport.class.getModule().isNativeAccessEnabled()) {
        return Optional.of("the C library cannot be called: " + e.getCause());
      }
      return Optional.of(
          "epoll needs the flag --enable-native-access="
              + MissingFlagException.moduleOf(EpollSupport.class));
    }
  }
}
