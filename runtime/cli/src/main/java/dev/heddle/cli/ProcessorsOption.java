package dev.heddle.cli;

import dev.heddle.scheduler.spi.SchedulerOptions;

/** How options take a number of processors. */
public final class ProcessorsOption {
  private ProcessorsOption() {}

  /**
   * Returns the number.
   *
   * @throws CliError if no scheduler may have so many
   */
  public static int check(int processors) {
    int most = SchedulerOptions.MAX_PROCESSORS;
    if (processors < 1 || processors > most) {
      throw new CliError("--processors must be 1 to " + most + ", not " + processors);
    }
    return processors;
  }
}
