package dev.heddle.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names the jar that a class is missing of. */
final class MissingJar {
  private static final int MAX_CAUSES = 20;

  /** The beginnings of class names, the longer first where one is part of another. */
  private static final Map<String, String> ARTIFACTS = new LinkedHashMap<>();

  static {
    ARTIFACTS.put("picocli.", "info.picocli:picocli");
    ARTIFACTS.put("me.tongfei.progressbar.", "me.tongfei:progressbar");
    ARTIFACTS.put("org.jline.", "org.jline:jline-terminal");
    ARTIFACTS.put("com.fasterxml.jackson.core.", "com.fasterxml.jackson.core:jackson-core");
    ARTIFACTS.put("org.HdrHistogram.", "org.hdrhistogram:HdrHistogram");
    ARTIFACTS.put("tlschannel.", "com.github.marianobarrios:tls-channel");
    ARTIFACTS.put("org.slf4j.", "org.slf4j:slf4j-api");
    ARTIFACTS.put("org.jctools.queues.varhandle.", "org.jctools:jctools-core-jdk11");
    ARTIFACTS.put("org.jctools.", "org.jctools:jctools-core");
    ARTIFACTS.put("org.openjdk.jmh.", "org.openjdk.jmh:jmh-core");
    ARTIFACTS.put("org.openjdk.jcstress.", "org.openjdk.jcstress:jcstress-core");
    ARTIFACTS.put("io.netty.", "io.netty:netty-transport-classes-epoll");
    ARTIFACTS.put("dev.heddle.scheduler.", "dev.heddle:heddle-scheduler");
    ARTIFACTS.put("dev.heddle.netio.", "dev.heddle:heddle-netio");
    ARTIFACTS.put("dev.heddle.trace.", "dev.heddle:heddle-trace");
    ARTIFACTS.put("dev.heddle.Heddle", "dev.heddle:heddle-runtime");
  }

  private MissingJar() {}

  /** One line if the failure is a class that is not there, or is caused by one. */
  static Optional<String> behind(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
      if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
        Optional<String> line = line(cause.getMessage());
        if (line.isPresent()) {
          return line;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> line(@Nullable String message) {
    String name = message == null ? "" : message.replace('/', '.');
    return ARTIFACTS.entrySet().stream()
        .filter(entry -> name.startsWith(entry.getKey()))
        .findFirst()
        .map(entry -> "this command needs the jar " + entry.getValue() + ", which is missing");
  }
}
