#!/usr/bin/env bash
# A flight recording shows a renamed thread under one name, also in the events from before or after the renaming.
#
# Guess:   an event carries the name its thread had when the event was committed, so servers that rename their workers
#          to the request they serve ("GET /orders") show that in the recording.
# Saw:     within a chunk all events of a thread have one name. Of a platform thread it is the name it was started with,
#          of a virtual thread the name at its first event. Every later request of a pooled worker is filed under the
#          first one's name.
# Package: JDK, Temurin 25.0.3+9 (its Flight Recorder), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Rename <<'JAVA'
import java.nio.file.Path;
import jdk.jfr.*;
import jdk.jfr.consumer.RecordingFile;

class Rename {
  @Name("found.Served")
  static class Served extends Event {
    String kind;
    String nameThen;
  }

  public static void main(String[] args) throws Exception {
    var file = Path.of(args[0]);
    try (var recording = new Recording()) {
      recording.start();
      Thread.ofVirtual().name("idle").start(() -> serve("virtual")).join();
      Thread.ofPlatform().name("idle").start(() -> serve("platform")).join();
      recording.stop();
      recording.dump(file);
    }
    for (var event : RecordingFile.readAllEvents(file)) {
      if (event.getEventType().getName().equals("found.Served")) {
        System.out.println(event.getString("kind") + " thread named \"" + event.getString("nameThen")
            + "\" is shown as \"" + event.getThread().getJavaName() + "\"");
      }
    }
  }

  static void serve(String kind) {
    for (var name : new String[] {"GET /a", "GET /b"}) {
      Thread.currentThread().setName(name);
      var event = new Served();
      event.kind = kind;
      event.nameThen = name;
      event.commit();
    }
  }
}
JAVA
java_run Rename "$work/r.jfr" >"$work/out"
seen "$work/out" '^virtual thread named "GET /b" is shown as "GET /a"' \
  '^platform thread named "GET /b" is shown as "idle"'
