#!/usr/bin/env bash
# The first recording with jdk.FileRead or jdk.FileWrite redefines classes of the JDK, with all threads stopped.
#
# Guess:   starting a recording in a running server switches events on and costs next to nothing; an event that is
#          enabled costs when it happens.
# Saw:     where the settings enable jdk.FileRead (the JDK's default.jfc does) the recording's start runs the VM
#          operations RetransformClasses or RedefineClasses at a safepoint, for FileInputStream and its like, which
#          the start then has to wait for like every other thread. With the four file and socket events switched off
#          there is none. The second recording has none either.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Start <<'JAVA'
import java.nio.file.Path;
import jdk.jfr.*;
import jdk.jfr.consumer.RecordingFile;

class Start {
  public static void main(String[] args) throws Exception {
    operations(Path.of(args[0]), false); // the first recording of all prepares more
    System.out.println("without file events: " + operations(Path.of(args[0]), false));
    System.out.println("with file events: " + operations(Path.of(args[0]), true));
    System.out.println("with file events again: " + operations(Path.of(args[0]), true));
  }

  /** How often classes were redefined while a second recording started beside one that watches. */
  static String operations(Path file, boolean files) throws Exception {
    try (var watching = new Recording(); var started = new Recording()) {
      watching.enable("jdk.ExecuteVMOperation").withoutThreshold();
      watching.start();
      if (files) {
        started.enable("jdk.FileRead");
        started.enable("jdk.FileWrite");
      } else {
        started.enable("jdk.CPULoad");
      }
      started.start();
      started.stop();
      watching.stop();
      watching.dump(file);
    }
    long count = RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.ExecuteVMOperation"))
        .filter(event -> event.getBoolean("safepoint"))
        .filter(event -> event.getString("operation").matches("Re(define|transform)Classes")).count();
    return (count == 0 ? "no class is" : "classes are") + " redefined at a safepoint";
  }
}
JAVA
java_run Start "$work/r.jfr" >"$work/out"
seen "$work/out" '^without file events: no class is' '^with file events: classes are' '^with file events again: no class is'
