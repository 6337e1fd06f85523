#!/usr/bin/env bash
# A flight recording counts exceptions when they are made, not when they are thrown, and an Error three times.
#
# Guess:   jdk.JavaExceptionThrow is an event for each throw of an Exception, jdk.JavaErrorThrow one for each throw of
#          an Error.
# Saw:     an exception that is made and never thrown is there, one that is thrown three times is there once, and one
#          without a stack trace (cheap by intent, as network code uses them) is there like any other. An Error gives
#          one JavaErrorThrow and two JavaExceptionThrow. A count of exceptions from a recording is not a count of
#          throws.
# Package: JDK, Temurin 25.0.3+9 (its Flight Recorder), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Throws <<'JAVA'
import java.nio.file.Path;
import java.util.*;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

class Throws {
  static class Stackless extends Exception {
    Stackless(String message) {
      super(message, null, false, false);
    }
  }

  public static void main(String[] args) throws Exception {
    try (var recording = new Recording()) {
      recording.enable("jdk.JavaExceptionThrow").with("throttle", "off");
      recording.enable("jdk.JavaErrorThrow");
      recording.start();
      var unused = new Exception("never thrown");
      var often = new Exception("thrown three times");
      for (int i = 0; i < 3; i++) {
        doThrow(often);
      }
      doThrow(new Stackless("stackless, thrown once"));
      doThrow(new AssertionError("error, thrown once"));
      recording.stop();
      recording.dump(Path.of(args[0]));
    }
    var counts = new TreeMap<String, Integer>();
    for (var event : RecordingFile.readAllEvents(Path.of(args[0]))) {
      var name = event.getEventType().getName();
      if (name.startsWith("jdk.Java") && String.valueOf(event.getString("message")).contains("thrown")) {
        counts.merge(event.getString("message") + ": " + name, 1, Integer::sum);
      }
    }
    counts.forEach((name, count) -> System.out.println(name + " x " + count));
  }

  static void doThrow(Throwable throwable) {
    try {
      throw throwable;
    } catch (Throwable expected) {
      // caught at once
    }
  }
}
JAVA
java_run Throws "$work/r.jfr" >"$work/out"
seen "$work/out" '^never thrown: jdk.JavaExceptionThrow x 1$' '^thrown three times: jdk.JavaExceptionThrow x 1$' \
  '^stackless.*: jdk.JavaExceptionThrow x 1$' '^error.*: jdk.JavaErrorThrow x 1$' '^error.*: jdk.JavaExceptionThrow x 2$'
