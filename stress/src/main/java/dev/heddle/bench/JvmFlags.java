package dev.heddle.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * The JVM flags of every child, whichever server or scheduler it runs, beside those by which this
 * JVM lets Heddle in.
 */
final class JvmFlags {
  /** What Netty asks for to be at its fastest; the others do not mind. */
  private static final List<String> COMMON =
      List.of(
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.noUnsafe=false",
          "-Dio.netty.leakDetection.level=disabled",
          "-Dio.netty.buffer.checkBounds=false",
          "-Dio.netty.buffer.checkAccessible=false");

  private static final List<String> HEAP = List.of("-Xms64m", "-Xmx1g");

  private JvmFlags() {}

  /** Returns the flags, with the stock scheduler given as many carriers as there are processors. */
  static List<String> of(int processors) {
    return of(processors, HEAP);
  }

  static List<String> of(int processors, List<String> heap) {
    var flags = new ArrayList<>(COMMON);
    flags.addAll(heap);
    flags.add("-Djdk.virtualThreadScheduler.parallelism=" + processors);
    return List.copyOf(flags);
  }
}
