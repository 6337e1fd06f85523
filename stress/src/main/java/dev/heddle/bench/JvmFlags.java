package dev.heddle.bench;

import java.util.ArrayList;
import java.util.List;

/** The JVM flags of every child, whichever server or scheduler it runs. */
final class JvmFlags {
  /** What Heddle needs, and what Netty asks for to be at its fastest; neither minds the other's. */
  private static final List<String> COMMON =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
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
