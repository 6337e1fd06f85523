package dev.heddle.netio.jdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * What the sockets of this package need of a network: waits in its poller, and closes with it.
 *
 * <p>Exceptions come as the channels throw them, without addresses: a user of {@code java.net}
 * knows them by the messages of the JDK.
 */
public interface SocketHost {
  /** No deadline. */
  long NEVER = Long.MAX_VALUE;

  /** Registers a nonblocking channel that is connected, or connecting. Closes it if that fails. */
  Stream register(SocketChannel channel) throws IOException;

  /** Registers a nonblocking channel that listens. Closes it if that fails. */
  Acceptor register(ServerSocketChannel channel) throws IOException;

  /** One end of a connection. Deadlines are on the clock of {@link System#nanoTime}. */
  interface Stream {
    /** Waits until the channel is connected, and makes it ready for reads and writes. */
    void finishConnect(long deadline) throws IOException;

    /**
     * Reads at least one byte, or -1 at the end of the stream. One caller at a time.
     *
     * @throws java.net.SocketTimeoutException if nothing was there before the deadline
     */
    int read(ByteBuffer dst, long deadline) throws IOException;

    /** Writes all bytes. One caller at a time; the position says how far it came. */
    void write(ByteBuffer src) throws IOException;

    /** How many bytes a read would find now. */
    int available() throws IOException;

    /** Reads find the end of the stream from now on. */
    void shutdownInput() throws IOException;

    /** The peer sees the end of the stream; writes fail from now on. */
    void shutdownOutput() throws IOException;

    /** Wakes the threads that wait, and closes the channel as soon as no operation is inside. */
    void close() throws IOException;
  }

  /** A listening channel. */
  interface Acceptor {
    /**
     * Waits for a connection. One caller at a time.
     *
     * @throws java.net.SocketTimeoutException if none came before the deadline
     */
    SocketChannel accept(long deadline) throws IOException;

    /** Wakes the threads that wait, and returns when the port is free. */
    void close() throws IOException;
  }
}
