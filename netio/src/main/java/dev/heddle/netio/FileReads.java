package dev.heddle.netio;

import dev.heddle.scheduler.BlockingCall;
import dev.heddle.scheduler.facade.Scheduler;
import java.io.IOException;

/** Reading files, which blocks the carrier: another one runs the other tasks meanwhile. */
final class FileReads {
  private FileReads() {}

  /** Runs {@code read} with the scheduler's hint. */
  static <T> T run(BlockingCall<T, IOException> read) throws IOException {
    return Scheduler.blockingHere(read);
  }
}
