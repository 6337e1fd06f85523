package dev.heddle.stress.diagnose;

import dev.heddle.Heddle;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One fault that a server can have, and how the same server does without it.
 *
 * <p>A plant is made once in the server's process. Its {@link #start} runs before the first
 * connection, its {@link Desk} answers the requests of one connection.
 */
interface Plant {
  /** Short and unique: what the command calls it. */
  String name();

  /** What is wrong, for the person who compares with what the trace says. */
  String fault();

  /** What the healthy twin does instead. */
  String healthyWay();

  /** The kind of cause that a trace names, as the JSON of the summary calls it. */
  String kind();

  /** What the cause says, each of them: the names by which a stranger finds the fault. */
  List<String> signs();

  /** Flags of the server's JVM. */
  default List<String> jvmOptions(boolean healthy) {
    return List.of("-Xmx256m");
  }

  /** The most open files that the server may have; 0 for no limit. */
  default int maxOpenFiles(boolean healthy) {
    return 0;
  }

  /** Whether a client dials again after some requests. */
  default boolean clientsReconnect() {
    return false;
  }

  /** Begins what runs beside the requests. */
  default void start(Server server) throws IOException {}

  /** A connection has come. */
  Desk open(Server server) throws IOException;

  /** Answers the requests of one connection. */
  interface Desk extends AutoCloseable {
    /** Does a request's work, on the task of its connection. */
    void serve(long request) throws IOException, InterruptedException;

    @Override
    default void close() throws IOException {}
  }

  /**
   * What a plant may use.
   *
   * @param heddle runs the server
   * @param healthy whether the fault is left out
   * @param backends ports on loopback where something answers; the first one slowly if the fault
   *     says so
   * @param fifo a named pipe that gives a byte now and then
   * @param log a named pipe to write to, which is emptied slowly if the fault says so
   * @param recording is counted down when the recording has begun
   */
  record Server(
      Heddle heddle,
      boolean healthy,
      List<Integer> backends,
      String fifo,
      String log,
      CountDownLatch recording) {}

  /** Computes for so long, on the processor's own time as far as the machine allows. */
  static void compute(long micros) {
    long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
