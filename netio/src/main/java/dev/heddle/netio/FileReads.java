package dev.heddle.netio;

import dev.heddle.scheduler.facade.Scheduler;
import java.io.IOException;
import java.util.concurrent.Callable;

/** Reading files, which blocks the carrier: another one goes on with the other tasks meanwhile. */
final class FileReads {
  private FileReads() {}

  /** Runs {@code read}, which throws {@link IOException} only, with the scheduler's hint. */
  static <T> T run(Callable<T> read) throws IOException {
    try {
      return Scheduler.blockingHere(read);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
