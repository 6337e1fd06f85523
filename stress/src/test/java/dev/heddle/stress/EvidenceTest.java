package dev.heddle.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.heddle.Heddle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class EvidenceTest {
  /**
   * Dumps and recordings show what a program does; and who foresees a name may put a link there.
   */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void withoutAFolderItIsInAFreshOneThatOnlyItsOwnerCanRead() throws IOException {
    try (var heddle = Heddle.start()) {
      var first = new Evidence(heddle, null, "stuck");
      first.take();
      var second = new Evidence(heddle, null, "stuck");
      second.take();
      Path folder = first.files().getFirst().getParent();
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
      assertNotEquals(folder, second.files().getFirst().getParent());
      delete(first);
      delete(second);
    }
  }

  private static void delete(Evidence evidence) throws IOException {
    for (Path file : evidence.files()) {
      Files.delete(file);
    }
    Files.delete(evidence.files().getFirst().getParent());
  }
}
