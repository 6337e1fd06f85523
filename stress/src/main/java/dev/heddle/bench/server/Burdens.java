package dev.heddle.bench.server;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tasks that keep their carrier without ever parking, to be run beside a server.
 *
 * <ul>
 *   <li>{@code hogs} compute for ever;
 *   <li>{@code blockers} block again and again for 100 ms: half of them in a native call, half in
 *       the read of a file.
 * </ul>
 */
public final class Burdens {
  private static final int BLOCK_MILLIS = 100;

  /** Written by every hog now and then, so that its loop has a result. */
  @SuppressWarnings("UnusedVariable")
  private static volatile long sink;

  private Burdens() {}

  static void start(String kind, int count, Server server) throws IOException {
    switch (kind) {
      case "hogs" -> hogs(count, server);
      case "blockers" -> startBlockers(count, server);
      default -> throw new IllegalArgumentException("no such tasks: " + kind);
    }
  }

  /** Starts tasks that compute for ever. */
  public static void hogs(int count, Server server) {
    for (int i = 0; i < count; i++) {
      long seed = i;
      server.go(() -> compute(seed));
    }
  }

  private static void compute(long seed) {
    long x = seed;
    while (true) {
      for (int i = 0; i < 1_000_000; i++) {
        x = x * 6364136223846793005L + 1442695040888963407L;
      }
      sink = x;
    }
  }

  private static void startBlockers(int count, Server server) throws IOException {
    var poll = poll();
    var slowFile = slowFile(count / 2);
    for (int i = 0; i < count; i++) {
      if (i % 2 == 0) {
        server.go(() -> blockInNativeCalls(poll));
      } else {
        server.go(() -> blockInReads(slowFile));
      }
    }
  }

  private static void blockInNativeCalls(MethodHandle poll) {
    try {
      while (true) {
        int ignored = (int) poll.invokeExact(0L, 0L, BLOCK_MILLIS);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns C's {@code poll}, which with nothing to poll waits out its timeout. */
  @SuppressWarnings("restricted") // native access is a flag of the JVM
  private static MethodHandle poll() {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("poll"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT));
  }

  private static void blockInReads(FileInputStream file) {
    try {
      while (file.read() >= 0) {
        // the next byte takes its time
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a named pipe, into which a thread writes a byte for every reader each 100 ms. */
  private static FileInputStream slowFile(int readers) throws IOException {
    var folder = Files.createTempDirectory("heddle-bench-");
    var pipe = folder.resolve("slow");
    run("mkfifo", pipe.toString());
    Thread.ofPlatform().daemon().name("slow-file").start(() -> feed(pipe, readers));
    var file = new FileInputStream(pipe.toFile()); // opens when the other side does
    Files.delete(pipe);
    Files.delete(folder);
    return file;
  }

  private static void feed(Path pipe, int readers) {
    try (var out = Files.newOutputStream(pipe)) {
      while (true) {
        Thread.sleep(BLOCK_MILLIS);
        out.write(new byte[readers]);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(String... command) throws IOException {
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IOException(command[0] + " failed with exit code " + code);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
