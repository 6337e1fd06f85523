package dev.heddle.cli;

import dev.heddle.Heddle;
import dev.heddle.HeddleBuilder;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Consumer;

/** Starts the runtime of a command, so that what it cannot be like is one line for the user. */
public final class Starting {
  private Starting() {}

  /**
   * Starts a runtime.
   *
   * @param options sets it up
   * @throws CliError if an option is out of its limits, or something of this machine or JVM is
   *     missing
   */
  public static Heddle heddle(Consumer<HeddleBuilder> options) {
    var builder = Heddle.builder();
    try {
      options.accept(builder);
      return builder.start();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new CliError(String.valueOf(e.getMessage()), e); // says which option or JVM flag
    } catch (UncheckedIOException e) {
      var reason = Objects.requireNonNull(e.getCause()).getMessage();
      throw new CliError(e.getMessage() + ": " + reason, e);
    }
  }
}
