package dev.heddle.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JVM was started without a flag that it takes to run tasks; the message has those to add.
 *
 * {@snippet class="dev.heddle.snippets.RuntimeSnippetsTest" region="flags"}
 */
public final class MissingFlagException extends UnsuitableJvmException {
  private static final long serialVersionUID = 1;

  private final transient List<String> flags;

  /** Names the flags, each as it stands on a command line. */
  public MissingFlagException(List<String> flags, @Nullable Throwable cause) {
    super(
        "this JVM (Java %d) needs the flags %s"
            .formatted(Runtime.version().feature(), String.join(" ", flags)),
        cause);
    this.flags = List.copyOf(flags);
  }

  /** The flags to add. */
  public List<String> flags() {
    return flags;
  }

  /** What a flag calls the module of a class: its name, or {@code ALL-UNNAMED}. */
  public static String moduleOf(Class<?> type) {
    var module = type.getModule();
    return module.isNamed() ? module.getName() : "ALL-UNNAMED";
  }
}
