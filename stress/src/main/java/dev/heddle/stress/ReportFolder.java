package dev.heddle.stress;

import dev.heddle.cli.CliError;
import dev.heddle.cli.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that {@code --report} names: looked at before the run, as it is written after it. */
public final class ReportFolder {
  private ReportFolder() {}

  /**
   * Makes the folder, unless it is there.
   *
   * @throws CliError if nothing can be written there
   */
  public static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "report", ".tmp"));
    } catch (IOException e) {
      throw new CliError("cannot write to the report folder " + folder + ": " + Reason.of(e), e);
    }
  }
}
