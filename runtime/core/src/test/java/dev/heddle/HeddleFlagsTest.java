package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.netio.PollerKind;
import dev.heddle.testing.ChildJvm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens without the flags: a message with the line to add, and never a JVM that hangs. */
final class HeddleFlagsTest {
  private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  private static final String OPEN_NIO = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
  private static final String OPEN_VM = "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED";
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  private static final List<String> ALL = ChildJvm.FLAGS;

  private static final boolean ON_LINUX = System.getProperty("os.name").equals("Linux");

  /** The first program of a user. */
  static final class Main {
    public static void main(String[] args) throws Exception {
      var kind = args.length == 0 ? PollerKind.AUTO : PollerKind.valueOf(args[0]);
      try (var heddle = Heddle.builder().poller(kind).start();
          var server = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        heddle.go(() -> server.accept().close());
        heddle.dial(server.localAddress()).close();
        System.out.println("it works with " + heddle.pollerName());
      } catch (IllegalStateException e) {
        System.out.println("MESSAGE " + e.getMessage());
        System.exit(2);
      }
    }
  }

  @Test
  void withAllFlagsItWorksWithoutAWarning() {
    var child = ChildJvm.run(ALL, Main.class);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("it works"), child.output());
    assertFalse(child.output().contains("WARNING"), child.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1s", "-5", "", "99999999999999999999"})
  void aSchedtraceThatIsNoNumberOfMillisecondsIsReportedInOneLineAndIgnored(String value) {
    var child = ChildJvm.run(with("-Dheddle.schedtrace=" + value), Main.class);
    assertEquals(0, child.exitCode(), child.output());
    var reports =
        child.output().lines().filter(l -> l.contains("heddle.schedtrace=" + value)).toList();
    assertEquals(1, reports.size(), child.output());
    assertEquals(2, child.output().lines().count(), child.output());
  }

  @Test
  void aSchedtraceOnceInAnEternityPrintsNothing() {
    var flags = with("-Dheddle.schedtrace=" + Long.MAX_VALUE);
    var child = ChildJvm.run(flags, Main.class);
    assertEquals(0, child.exitCode(), child.output());
    assertEquals(1, child.output().lines().count(), child.output());
  }

  private static List<String> with(String flag) {
    var flags = new ArrayList<>(ALL);
    flags.add(flag);
    return flags;
  }

  @Test
  void whereVirtualThreadsArePlatformThreadsOneLineNamesTheFlagToTakeAway() {
    String flag = "-XX:-VMContinuations";
    var flags = with("-XX:+UnlockExperimentalVMOptions");
    flags.add(flag);
    var child = ChildJvm.run(flags, Main.class);
    assertEquals(2, child.exitCode(), child.output());
    var lines = child.output().lines().filter(line -> line.contains(flag)).toList();
    assertEquals(1, lines.size(), child.output());
    assertTrue(lines.getFirst().startsWith("MESSAGE "), child.output());
    assertFalse(child.output().contains("--add-opens"), child.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {OPEN_LANG, OPEN_NIO, OPEN_VM})
  void withoutOneOfTheFlagsTheMessageNamesIt(String missing) {
    var flags = new ArrayList<>(ALL);
    flags.remove(missing);
    assertMessageNames(missing, ChildJvm.run(flags, Main.class));
  }

  @Test
  void withoutAnyFlagTheMessageHasALineToAddThatSuffices() {
    var child = ChildJvm.run(List.of(), Main.class);
    assertMessageNames(OPEN_LANG, child);
    String message = child.output().lines().filter(l -> l.startsWith("MESSAGE ")).findFirst().get();
    String line = message.substring(message.indexOf("--"));
    var second = ChildJvm.run(List.of(line.split(" ")), Main.class);
    assertEquals(0, second.exitCode(), second.output());
  }

  @Test
  void whereNativeAccessIsDeniedThePortablePollerServesAndAWarningNamesTheFlag() {
    var child = ChildJvm.run(nativeAccessDenied(), Main.class);
    assertEquals(0, child.exitCode(), child.output());
    assertTrue(child.output().contains("it works with selector"), child.output());
    if (ON_LINUX) {
      assertTrue(child.output().contains("WARN"), child.output());
      assertTrue(child.output().contains(NATIVE), child.output());
    }
  }

  private static List<String> nativeAccessDenied() {
    var flags = new ArrayList<>(ALL);
    flags.remove(NATIVE);
    flags.add("--illegal-native-access=deny");
    return flags;
  }

  @Test
  void whereNativeAccessIsDeniedAndEpollIsAskedForTheMessageNamesTheFlag() {
    assumeTrue(ON_LINUX);
    assertMessageNames(NATIVE, ChildJvm.run(nativeAccessDenied(), Main.class, "EPOLL"));
  }

  private static void assertMessageNames(String flag, ChildJvm child) {
    assertEquals(2, child.exitCode(), child.output());
    String message =
        child.output().lines().filter(l -> l.startsWith("MESSAGE ")).findFirst().orElseThrow();
    int split = flag.indexOf('=');
    assertTrue(
        message.contains(flag)
            || message.contains(flag.substring(0, split) + " " + flag.substring(split + 1)),
        message);
  }
}
