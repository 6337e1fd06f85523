package dev.heddle.net;

import dev.heddle.Heddle;
import dev.heddle.scheduler.Printable;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which runtime a factory's sockets belong to, given that libraries make factories by their class
 * name, and sockets on whatever thread they please: the runtime with the name that was given; else
 * that of the calling task; else the only one there is.
 */
final class RuntimeChoice {
  private static final Logger LOG = LoggerFactory.getLogger(HeddleSocketFactory.class);

  private final @Nullable String name;
  private final AtomicBoolean warned = new AtomicBoolean();

  /** A name that is null or empty stands for none. */
  RuntimeChoice(@Nullable String name) {
    this.name = name == null || name.isEmpty() ? null : name;
  }

  /** The runtime; null, and the first time a line of the log, if it cannot be known. */
  @Nullable Heddle choose() {
    Heddle current = Heddle.current();
    if (name == null && current != null) {
      return current;
    }
    List<Heddle> fitting =
        Heddle.running().stream().filter(each -> name == null || each.name().equals(name)).toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    if (warned.compareAndSet(false, true)) {
      LOG.warn(
          "a socket that is made by {} is the JDK's: {} runtimes{} are running",
          Printable.text(Thread.currentThread().getName()),
          fitting.size(),
          name == null ? "" : " with the name " + name);
    }
    return null;
  }
}
