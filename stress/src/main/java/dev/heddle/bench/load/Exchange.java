package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.heddle.bench.server.HttpReplies;
import dev.heddle.bench.server.Work;
import java.nio.ByteBuffer;

/**
 * The bytes that one connection sends and expects back.
 *
 * <p>An echo message carries the number of its connection and of the request, so that a reply of
 * another connection or of an earlier request is not taken for the right one.
 */
final class Exchange {
  private final ByteBuffer request;
  private final ByteBuffer reply;
  private final boolean stamped;
  private int sequence;

  private Exchange(ByteBuffer request, ByteBuffer reply, boolean stamped) {
    this.request = request;
    this.reply = reply;
    this.stamped = stamped;
  }

  static Exchange of(LoadPlan plan, int connection) {
    return plan.work() == Work.HTTP || plan.work() == Work.HTTP_DEADLINE
        ? http(plan)
        : echo(plan, connection);
  }

  private static Exchange http(LoadPlan plan) {
    var head = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + plan.server().getPort() + "\r\n\r\n";
    return new Exchange(direct(head.getBytes(US_ASCII)), direct(HttpReplies.reply()), false);
  }

  private static Exchange echo(LoadPlan plan, int connection) {
    var message = new byte[plan.messageBytes()];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) ('a' + i % 26);
    }
    var request = direct(message).putInt(0, connection);
    return new Exchange(request, request.duplicate(), true);
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** Returns the next request, all of it remaining. */
  ByteBuffer nextRequest() {
    if (stamped) {
      request.putInt(Integer.BYTES, sequence++);
    }
    return request.rewind();
  }

  int replyBytes() {
    return reply.capacity();
  }

  /** Whether these are the reply's bytes from {@code offset} on. */
  boolean matches(ByteBuffer got, int offset) {
    int end = offset + got.remaining();
    return end <= reply.capacity() && got.equals(reply.limit(end).position(offset));
  }
}
