package dev.heddle.cli;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is there either whole or not at all: written beside its place and moved there when
 * done. A link stays one, and the file it leads to is replaced.
 *
 * <p>What is not a file, such as a pipe, the terminal or {@code /dev/null}, is written as it is; so
 * is a file in a folder that takes no other.
 *
 * <p>It is opened before the recording is read, so that one learns at once that it cannot be
 * written.
 */
public final class OutputFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path target;

  /** What is written: the target itself if it is written as it is. */
  private final Path draft;

  private final OutputStream out;

  private OutputFile(Path target, Path draft, OpenOption... options) throws IOException {
    this.target = target;
    this.draft = draft;
    this.out = new BufferedOutputStream(Files.newOutputStream(draft, options), BUFFER_BYTES);
  }

  /**
   * Opens the file.
   *
   * @throws CliError if it cannot be written
   */
  public static OutputFile open(Path target) {
    refuseUnwritable(target);
    try {
      if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return beside(target);
      }
      if (Files.isRegularFile(target)) {
        Path file = target.toRealPath();
        if (Files.isWritable(file.resolveSibling(""))) {
          return beside(file);
        }
      }
      return new OutputFile(target, target);
    } catch (IOException e) {
      throw new CliError("cannot write " + target + ": " + Reason.of(e), e);
    }
  }

  /** Refuses what {@link #open} would, for a file that something else is going to write. */
  public static void check(Path target) throws IOException {
    refuseUnwritable(target);
    if (!Files.exists(target)) {
      open(target).close();
    }
  }

  private static void refuseUnwritable(Path target) {
    if (Files.isDirectory(target)) {
      throw new CliError("cannot write " + target + ": it is a folder");
    }
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new CliError("cannot write " + target + ": permission denied");
    }
  }

  private static OutputFile beside(Path target) throws IOException {
    Path draft = target.resolveSibling("heddle-" + UUID.randomUUID() + ".part");
    return new OutputFile(target, draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** What to write to. */
  public OutputStream stream() {
    return out;
  }

  /** Whether it is a file; what went to a pipe needs no name. */
  public boolean isFile() {
    return Files.isRegularFile(target);
  }

  /** Puts the file in its place; without this, closing leaves nothing behind. */
  public void commit() throws IOException {
    out.close();
    if (!draft.equals(target)) {
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      if (!draft.equals(target)) {
        Files.deleteIfExists(draft);
      }
    }
  }
}
