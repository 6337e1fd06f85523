package dev.heddle.netio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.netio.errno.Errno;
import dev.heddle.testing.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same behaviour in a process whose C library does not speak English. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
@ParameterizedClass
@EnumSource(names = {"EPOLL", "SELECTOR"})
final class ForeignLocaleTest {
  @Parameter PollerKind kind;

  @TempDir Path folder;

  @Test
  void resetsAndFullSocketsAreKnownAndOurMessagesAreEnglish() throws Exception {
    var result = run(ChildJvm.command(ForeignLocaleProgram.class, kind));
    assertEquals(0, result.exitCode(), result.output());
    var lines = result.output().lines().toList();
    assertTrue(lines.contains("that is ECONNREFUSED"), result.output());
    assertTrue(
        lines.contains("we say: dial -> ...:: " + Errno.ECONNREFUSED.words()), result.output());
    assertTrue(lines.contains("a write reports: ECONNRESET"), result.output());
    assertTrue(lines.contains("a read reports: ECONNRESET"), result.output());
    assertTrue(lines.contains("a dial waits for room"), result.output());
    assumeTrue(
        lines.contains("the JDK says: " + ForeignLocale.translated(Errno.ECONNREFUSED)),
        "this machine's C library takes no catalogue of ours");
  }

  @Test
  void anAcceptWithoutDescriptorsIsTriedAgain() throws Exception {
    var result = run("ulimit -n 200; exec " + ChildJvm.command(DescriptorExhaustion.class, kind));
    assertEquals(0, result.exitCode(), result.output());
    assertTrue(result.output().contains("served again"), result.output());
    assertTrue(result.output().contains(Errno.EMFILE.words()), result.output());
  }

  private ChildJvm run(String command) throws Exception {
    return ChildJvm.shell(ForeignLocale.write(folder.resolve("language")), command);
  }
}
