package dev.heddle.examples;

import dev.heddle.Heddle;
import dev.heddle.HeddleBuilder;
import dev.heddle.netio.PollerKind;
import dev.heddle.scheduler.MissingFlagException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What all programs share beside their idea: options, one clear line for a mistake, an exit code.
 *
 * <p>The help text of a program declares its options. A line {@code " --port PORT what for (8080)"}
 * names one, its value and, in the last brackets, its default; one without a value is a flag. The
 * file needs nothing but the runtime, so a program that is copied takes it along, or takes {@code
 * Heddle.start()} in its place.
 */
final class Options {
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** What a server listens on; part of most help texts. */
  static final String LISTEN =
      """
        --host HOST          address to listen on (127.0.0.1)
        --port PORT          0 takes a free one (8080)
      """;

  private static final String COMMON =
      """
        --processors N       how many tasks run at once; 0: one for each CPU (0)
        --poller KIND        auto, epoll or selector (auto)
        --help               prints this
      """;
  private static final Pattern DECLARATION =
      Pattern.compile("^ +(--[a-z-]+)(?: ([A-Z:.]+))? {2,}[^\n]*?(?:\\(([^()\n]*)\\))?$", 8);

  private final Launcher launcher;
  private final Map<String, String> values = new HashMap<>();

  /** What a launcher does when something has begun. */
  interface Launcher {
    /** A runtime has started. */
    default void started(Heddle heddle) {}

    /** A server listens: on HOST:PORT, or at a path. */
    default void listening(String address) {
      System.out.println("listening on " + address);
    }
  }

  /** A program: the part that follows its options. */
  interface Program {
    void run(Options options) throws Exception;
  }

  /** Something the user got wrong. The message is for the user. */
  static final class Mistake extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Mistake(String message) {
      super(message);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @param help begins with the name of the program and a colon
   * @return the exit code: 0 done, 1 failed, 2 asked for something that cannot be
   */
  static int run(String help, Program program, String... args) {
    return run(help, program, new Launcher() {}, args);
  }

  /** Runs a program for a launcher; else as {@link #run(String, Program, String...)}. */
  static int run(String help, Program program, Launcher launcher, String... args) {
    String name = help.substring(0, help.indexOf(':'));
    try {
      var options = new Options(help, launcher, args);
      if (options.has("--help")) {
        System.out.print(help + COMMON);
        return 0;
      }
      program.run(options);
      return 0;
    } catch (Mistake | MissingFlagException | BindException | UnknownHostException e) {
      System.err.println(name + ": " + e.getMessage());
      return USAGE;
    } catch (IOException e) {
      System.err.println(name + ": " + e.getMessage());
    } catch (Exception e) {
      System.err.println(name + " failed unexpectedly:");
      e.printStackTrace();
    }
    return FAILED;
  }

  Options(String help, Launcher launcher, String... args) {
    this.launcher = launcher;
    var flags = new LinkedHashMap<String, Boolean>();
    var declarations = DECLARATION.matcher(help + COMMON);
    while (declarations.find()) {
      flags.put(declarations.group(1), declarations.group(2) == null);
      if (declarations.group(3) != null) {
        values.put(declarations.group(1), declarations.group(3));
      }
    }
    for (int i = 0; i < args.length; i++) {
      int equals = args[i].startsWith("--") ? args[i].indexOf('=') : -1;
      String option = equals < 0 ? args[i] : args[i].substring(0, equals);
      Boolean flag = flags.get(option);
      if (flag == null || (flag && equals >= 0)) {
        throw new Mistake("unknown option '" + args[i] + "' (see --help)");
      }
      if (!flag && equals < 0 && ++i == args.length) {
        throw new Mistake(option + " needs a value (see --help)");
      }
      values.put(option, flag ? "" : equals < 0 ? args[i] : args[i].substring(equals + 1));
    }
  }

  /** Whether an option was given, or has a default. */
  boolean has(String option) {
    return values.containsKey(option);
  }

  /** The value of an option. */
  String text(String option) {
    String value = values.get(option);
    if (value == null) {
      throw new Mistake(option + " is missing (see --help)");
    }
    return value;
  }

  /** The value of an option, a number within limits. */
  int number(String option, int least, int most) {
    try {
      int number = Integer.parseInt(text(option));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // as bad as one beyond the limits
    }
    var range = least + " to " + most;
    throw new Mistake(option + " must be a number from " + range + ", not '" + text(option) + "'");
  }

  /** The value of an option, a number of milliseconds from 1 to an hour. */
  Duration millis(String option) {
    return Duration.ofMillis(number(option, 1, 3_600_000));
  }

  /** The value of an option, HOST:PORT. */
  InetSocketAddress address(String option) {
    return address(option, text(option));
  }

  /** An address from one text, HOST:PORT or [HOST]:PORT. */
  static InetSocketAddress address(String option, String text) {
    var match = Pattern.compile("\\[?(.+?)]?:(\\d{1,5})").matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
      throw new Mistake(option + " must be HOST:PORT, not '" + text + "'");
    }
    return new InetSocketAddress(match.group(1), Integer.parseInt(match.group(2)));
  }

  /** What {@code --host} and {@code --port} say. */
  InetSocketAddress listenAddress() {
    return new InetSocketAddress(text("--host"), number("--port", 0, 65_535));
  }

  /** Starts a runtime as the options say. */
  Heddle start() {
    return start(Heddle.builder());
  }

  /** Starts a runtime that the program has set up otherwise. */
  Heddle start(HeddleBuilder builder) {
    int processors = number("--processors", 0, 1024);
    builder.jmx(true).deadlockReport(true).poller(poller());
    try {
      var heddle = (processors == 0 ? builder : builder.processors(processors)).start();
      launcher.started(heddle);
      return heddle;
    } catch (UncheckedIOException e) {
      throw new Mistake(e.getMessage() + ": " + Objects.requireNonNull(e.getCause()).getMessage());
    } catch (MissingFlagException e) {
      throw e;
    } catch (IllegalStateException e) {
      throw new Mistake(String.valueOf(e.getMessage())); // says what this machine does not have
    }
  }

  private PollerKind poller() {
    try {
      return PollerKind.valueOf(text("--poller").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Mistake("--poller must be auto, epoll or selector, not '" + text("--poller") + "'");
    }
  }

  /** To be called when a server listens: prints where, as scripts and tests wait for it. */
  void listening(SocketAddress address) {
    launcher.listening(
        address instanceof InetSocketAddress inet
            ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
            : address.toString());
  }
}
