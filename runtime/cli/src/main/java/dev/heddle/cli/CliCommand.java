package dev.heddle.cli;

/**
 * A subcommand of {@code heddle}, found by {@link java.util.ServiceLoader}, so that a module adds
 * commands without the command line knowing it.
 *
 * <p>An implementation is annotated with {@code @picocli.CommandLine.Command}, has a public
 * constructor without parameters, and is a {@code Callable<Integer>} that returns the exit code. It
 * throws {@link CliError} for what one line can say.
 */
public interface CliCommand {}
