#!/usr/bin/env bash
# The default recording of JDK 25 keeps about a hundred slow socket reads a second and drops the rest, the slowest too.
#
# Guess:   jdk.SocketRead has a threshold: every read that takes longer is in the recording, so the sum is the time that
#          was spent on the network, and a read that hangs for two seconds is there for sure.
# Saw:     since 25 the event is throttled as well (100 a second in default.jfc, 300 in profile.jfc; the threshold is 1
#          ms): of some thousand reads of over 40 ms a few per cent are there, none says for how many others it stands,
#          and a throttled event is chosen whatever its length: the one read of over a second among them is usually
#          missing. FileRead, FileWrite, SocketWrite and JavaExceptionThrow are throttled too. "throttle=off" in the
#          settings brings all of them back.
# Package: JDK, Temurin 25.0.3+9 (its Flight Recorder, default.jfc), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Reads <<'JAVA'
import java.net.*;
import java.nio.file.*;
import java.util.concurrent.*;
import jdk.jfr.*;
import jdk.jfr.consumer.RecordingFile;

class Reads {
  static final int CLIENTS = 300;
  static final int READS = 20;

  public static void main(String[] args) throws Exception {
    var listener = new ServerSocket(0, CLIENTS, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> accept(listener));
    System.out.println("default settings: " + record(args[0], listener, null));
    System.out.println("throttle off: " + record(args[0], listener, "off"));
    Runtime.getRuntime().halt(0);
  }

  static String record(String file, ServerSocket listener, String throttle) throws Exception {
    try (var recording = new Recording(Configuration.getConfiguration("default"))) {
      if (throttle != null) {
        recording.enable("jdk.SocketRead").with("throttle", throttle);
      }
      recording.start();
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CLIENTS; i++) {
          executor.submit(() -> {
            try (var socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
              for (int j = 0; j < READS; j++) {
                socket.getOutputStream().write(1);
                socket.getInputStream().read();
              }
            }
            return null;
          });
        }
      }
      recording.stop();
      recording.dump(Path.of(file));
    }
    long recorded = RecordingFile.readAllEvents(Path.of(file)).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.SocketRead"))
        .filter(event -> event.getInt("port") == listener.getLocalPort()) // the clients' own
        .filter(event -> event.getDuration().toMillis() >= 39).count();
    int all = CLIENTS * READS;
    String much = recorded >= all * 9 / 10 ? "nearly all" : recorded < all / 4 ? "few" : "many";
    return "of " + all + " reads of over 40 ms, " + much
        + " are recorded (" + recorded + ")";
  }

  static void accept(ServerSocket listener) {
    try {
      while (true) {
        var socket = listener.accept();
        Thread.startVirtualThread(() -> echo(socket));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static void echo(Socket socket) {
    try (socket) {
      for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
        Thread.sleep(45);
        socket.getOutputStream().write(b);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
JAVA
java_run Reads "$work/r.jfr" >"$work/out"
seen "$work/out" '^default settings: .* few are recorded' '^throttle off: .* nearly all are recorded'
