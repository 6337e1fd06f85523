package dev.heddle.scheduler.events;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Configuration;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/**
 * The Flight Recorder settings that switch on all events of this package: the shipped {@code
 * heddle.jfc}.
 */
public final class HeddleEvents {
  /** All events that are emitted. */
  public static final List<Class<? extends Event>> ALL =
      List.of(
          AcceptPaused.class,
          BlockedStack.class,
          CarrierResumed.class,
          CarrierTime.class,
          ConnectFailed.class,
          HandedOff.class,
          MonopolyStack.class,
          NetworkWait.class,
          Overflow.class,
          Poll.class,
          ProcessorIdle.class,
          QueueDepth.class,
          RunSlice.class,
          Span.class,
          SpanLog.class,
          Steal.class,
          SysmonRound.class,
          TaskCreated.class,
          TimerFired.class,
          TlsHandshake.class,
          Wake.class);

  private HeddleEvents() {}

  /**
   * Loads the classes of the events: when one is emitted for the first time there may be no
   * descriptor left to read its class by.
   */
  public static void load() {
    Objects.checkIndex(0, ALL.size());
  }

  /**
   * Makes all events known to Flight Recorder. Whoever commits the first event of a class would do
   * it, a task in the middle of a request: it takes up to half a second on a busy machine.
   */
  public static void register() {
    ALL.forEach(FlightRecorder::register);
  }

  /** The settings, for {@code new Recording(configuration)}. */
  public static Configuration configuration() {
    try (var reader = new InputStreamReader(open(), StandardCharsets.UTF_8)) {
      return Configuration.create(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ParseException e) {
      throw new IllegalStateException("heddle.jfc does not parse", e);
    }
  }

  /** The settings file as it is, for those who want a copy to change or to give to {@code jcmd}. */
  public static InputStream open() {
    return Objects.requireNonNull(
        HeddleEvents.class.getResourceAsStream("heddle.jfc"), "heddle.jfc is missing from the jar");
  }
}
