#!/usr/bin/env bash
# A flight recording has no park and no monitor contention of any virtual thread, and its monitor waits last 0 ms.
#
# Guess:   jdk.ThreadPark, jdk.JavaMonitorEnter and jdk.JavaMonitorWait cover every Java thread: a virtual thread that
#          waits 0.3 s for a lock shows in them as a platform thread does, since sleeps and socket reads do.
# Saw:     with all thresholds at 0, a platform thread has each event with its length. A virtual thread has no park and
#          no monitor enter, and a monitor wait of 0.3 s is there with a length near 0, so the usual threshold of 20 ms
#          drops it. Only jdk.ThreadSleep is right. The lock pages and the latency views of a service on virtual threads
#          stay empty however much its threads contend.
# Package: JDK, Temurin 25.0.3+9 (its Flight Recorder), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Waits <<'JAVA'
import java.nio.file.Path;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.locks.*;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

class Waits {
  static final List<String> EVENTS =
      List.of("jdk.ThreadPark", "jdk.JavaMonitorWait", "jdk.JavaMonitorEnter", "jdk.ThreadSleep");

  public static void main(String[] args) throws Exception {
    var file = Path.of(args[0]);
    try (var recording = new Recording()) {
      EVENTS.forEach(name -> recording.enable(name).withThreshold(Duration.ZERO));
      recording.start();
      waitInTurn("platform", Thread.ofPlatform());
      waitInTurn("virtual", Thread.ofVirtual());
      recording.stop();
      recording.dump(file);
    }
    var longest = new TreeMap<String, Long>();
    for (var event : RecordingFile.readAllEvents(file)) {
      if (event.getThread() != null) {
        longest.merge(event.getThread().getJavaName() + " " + event.getEventType().getName(),
            event.getDuration().toMillis(), Math::max);
      }
    }
    for (var kind : List.of("platform", "virtual")) {
      for (var name : EVENTS) {
        var millis = longest.get(kind + " " + name);
        System.out.println(kind + " " + name + ": "
            + (millis == null ? "none" : millis < 200 ? "too short (" + millis + " ms)" : "right"));
      }
    }
  }

  /** Parks, sleeps, contends and waits, 0.3 s each. */
  static void waitInTurn(String name, Thread.Builder builder) throws Exception {
    var lock = new ReentrantLock();
    var monitor = new Object();
    lock.lock();
    var thread = builder.name(name).start(() -> {
      lock.lock();
      try {
        Thread.sleep(300);
        synchronized (monitor) {
          monitor.wait(300);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    Thread.sleep(500);
    synchronized (monitor) {
      lock.unlock();
      Thread.sleep(1000);
    }
    thread.join();
  }
}
JAVA
java_run Waits "$work/r.jfr" >"$work/out"
seen "$work/out" '^platform jdk.ThreadPark: right' '^platform jdk.JavaMonitorWait: right' \
  '^platform jdk.JavaMonitorEnter: right' '^platform jdk.ThreadSleep: right' '^virtual jdk.ThreadSleep: right' \
  '^virtual jdk.ThreadPark: none' '^virtual jdk.JavaMonitorEnter: none' '^virtual jdk.JavaMonitorWait: too short'
