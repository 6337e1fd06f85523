package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.netio.DialOptions;
import dev.heddle.netio.PollerKind;
import dev.heddle.testing.ChildJvm;
import dev.heddle.testing.Waits;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program that is deployed, stopped and deployed again, each time in a class loader of its own:
 * once its runtimes are closed, nothing in the JVM refers to the loader.
 */
final class HeddleLoaderTest {
  private static final int DEPLOYMENTS = 3;

  @ParameterizedTest
  @ValueSource(strings = {"AUTO", "SELECTOR"})
  void theClassLoaderOfAClosedRuntimeIsCollected(String poller) {
    assertCollected(ChildJvm.run(flags(), Container.class, poller));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTO", "SELECTOR"})
  void soIsOneWhoseEventsWereRecorded(String poller) {
    assertCollected(ChildJvm.run(flags(), Container.class, poller, "recorded"));
  }

  private static List<String> flags() {
    var flags = new ArrayList<>(ChildJvm.FLAGS);
    flags.add("--add-opens=jdk.jfr/jdk.jfr.internal.jfc=ALL-UNNAMED"); // as the launcher does
    flags.add("-XX:SoftRefLRUPolicyMSPerMB=0"); // the JDK has caches that only last longer
    return flags;
  }

  private static void assertCollected(ChildJvm child) {
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("all are collected"), child.output());
  }

  /** Deploys again and again. */
  static final class Container {
    public static void main(String[] args) throws Exception {
      var loaders = new ArrayList<WeakReference<ClassLoader>>();
      for (int i = 0; i < DEPLOYMENTS; i++) {
        if (args.length == 1) {
          loaders.add(deploy(args[0]));
        } else {
          try (var recording = new Recording()) {
            recording.enable("dev.heddle.RunSlice");
            recording.start();
            loaders.add(deploy(args[0]));
          }
        }
      }
      Waits.until(
          () -> loaders.stream().filter(loader -> loader.get() != null).count() + " are left",
          () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
          });
      System.out.println("all are collected");
    }

    private static WeakReference<ClassLoader> deploy(String poller) throws Exception {
      Thread self = Thread.currentThread();
      ClassLoader before = self.getContextClassLoader();
      try (var loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
        self.setContextClassLoader(loader);
        loader
            .loadClass(Program.class.getName())
            .getMethod("main", String[].class)
            .invoke(null, (Object) new String[] {poller});
        return new WeakReference<>(loader);
      } finally {
        self.setContextClassLoader(before);
      }
    }

    private static URL[] classPath() throws IOException {
      var urls = new ArrayList<URL>();
      for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        urls.add(Path.of(path).toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }
  }

  /** What is deployed: uses what registers anything with the JVM. */
  public static final class Program {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Runs it. */
    public static void main(String[] args) throws Exception {
      var builder = Heddle.builder().name("deployed").poller(PollerKind.valueOf(args[0]));
      try (var heddle =
              builder
                  .jmx(true)
                  .metrics(true)
                  .deadlockReport(true)
                  .schedTrace(Duration.ofHours(1))
                  .grace(Waits.LIMIT)
                  .start();
          var second = Heddle.builder().name("second").start()) {
        echo(heddle);
        useSocketsOfTheJdk(heddle);
        heddle.every(Duration.ofMillis(1), () -> {});
        var later = new CountDownLatch(1);
        heddle.after(Duration.ofMillis(1), later::countDown);
        Waits.await(later);
        Waits.join(
            heddle.go(
                "fails",
                () -> {
                  throw new IOException("logged");
                }));
        second.go(LockSupport::park);
        second.closeNow();
      }
    }

    private static void echo(Heddle heddle) throws Exception {
      try (var listener = heddle.listen(new InetSocketAddress(LOOPBACK, 0))) {
        heddle.go(
            () -> {
              try (var conn = listener.accept()) {
                conn.write(ByteBuffer.allocate(1));
              }
            });
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        var byName = InetSocketAddress.createUnresolved("localhost", port); // a thread looks it up
        try (var conn = heddle.dial(byName, DialOptions.DEFAULT)) {
          conn.read(ByteBuffer.allocate(1));
        }
      }
    }

    private static void useSocketsOfTheJdk(Heddle heddle) throws Exception {
      try (var listener = new ServerSocket(0, 1, LOOPBACK)) {
        Thread accepting = heddle.go(() -> listener.accept().close());
        Waits.join(heddle.go(() -> new java.net.Socket(LOOPBACK, listener.getLocalPort()).close()));
        Waits.join(accepting);
      }
    }
  }
}
