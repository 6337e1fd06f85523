package dev.heddle.trace;

import dev.heddle.cli.CliError;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is there either whole or not at all: written beside its place and moved there when
 * done.
 *
 * <p>It is opened before the recording is read, so that one learns at once that it cannot be
 * written.
 */
final class OutputFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path target;
  private final Path draft;
  private final OutputStream out;

  private OutputFile(Path target, Path draft, OutputStream out) {
    this.target = target;
    this.draft = draft;
    this.out = out;
  }

  static OutputFile open(Path target) {
    if (Files.isDirectory(target)) {
      throw new CliError("cannot write " + target + ": it is a folder");
    }
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new CliError("cannot write " + target + ": permission denied");
    }
    Path draft = target.resolveSibling(target.getFileName() + ".part");
    try {
      return new OutputFile(
          target, draft, new BufferedOutputStream(Files.newOutputStream(draft), BUFFER_BYTES));
    } catch (IOException e) {
      throw new CliError("cannot write " + target + ": " + reason(e), e);
    }
  }

  OutputStream stream() {
    return out;
  }

  /** Puts the file in its place; without this, closing leaves nothing behind. */
  void commit() throws IOException {
    out.close();
    Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The reason alone, as the file's name has been said. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof java.nio.file.NoSuchFileException) {
      return "no such folder";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
