package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.netio.ConnReader;
import dev.heddle.netio.FrameReader;
import dev.heddle.netio.FrameTooLongException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * The body of a message, by RFC 9112 sections 6 and 7: so many bytes, chunks, or all to the end.
 */
final class HttpBody {
  /** A length: in chunks. */
  static final long CHUNKED = -1;

  /** A length: to the end of the stream. Only responses have it. */
  static final long TO_THE_END = -2;

  private static final int PIECE = 16 * 1024;
  private static final int MOST_TRAILERS = 100;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern CHUNK = // a size, and extensions that nobody knows
      Pattern.compile("([0-9A-Fa-f]{1,15})(?:[ \t]*;[\\t -~\\x80-\\xff]*)?");

  /** Takes the content piece by piece. */
  @FunctionalInterface
  interface Sink {
    void write(ByteBuffer piece) throws IOException;
  }

  private HttpBody() {}

  /** The length of a request's body. What two readers could take for two lengths is refused. */
  static long length(HttpHead head, boolean old) throws HttpException {
    var lengths = head.get("Content-Length");
    var codings = head.tokens("Transfer-Encoding");
    if (head.get("Transfer-Encoding") == null) {
      return lengths == null ? 0 : number(lengths);
    }
    if (old || lengths != null || !codings.getLast().equals("chunked")) {
      throw new HttpException(400, "no telling where the body ends");
    }
    if (codings.size() > 1) {
      throw codings.indexOf("chunked") < codings.size() - 1
          ? new HttpException(400, "chunked twice")
          : new HttpException(501, "a transfer coding that nobody knows");
    }
    return CHUNKED;
  }

  /** The number of a Content-Length; two of them, joined by a comma, are none. */
  static long number(String value) throws HttpException {
    if (!NUMBER.matcher(value).matches()) {
      throw new HttpException(400, "malformed Content-Length");
    }
    return Long.parseLong(value);
  }

  /**
   * Reads a body to its end. Trailers are checked and dropped.
   *
   * @param most bytes of content
   * @throws HttpException if the body is malformed (400) or longer (413)
   * @throws EOFException if the stream ends before the body
   */
  static void read(ConnReader in, long length, long most, Sink sink)
      throws IOException, HttpException {
    if (length >= 0) {
      if (length > most) {
        throw new HttpException(413, "the body is too long");
      }
      copy(in, length, sink);
    } else if (length == TO_THE_END) {
      toTheEnd(in, sink);
    } else {
      try {
        chunks(in, most, sink);
      } catch (FrameTooLongException e) {
        throw new HttpException(400, "malformed chunk");
      }
    }
  }

  private static void chunks(ConnReader in, long most, Sink sink)
      throws IOException, HttpException {
    var lines = FrameReader.delimited(in, (byte) '\r', (byte) '\n'); // strict: smugglers love LF
    for (long total = 0; ; ) {
      var head = CHUNK.matcher(HttpHead.line(lines));
      if (!head.matches()) {
        throw new HttpException(400, "malformed chunk");
      }
      long size = Long.parseLong(head.group(1), 16);
      if (size == 0) {
        trailers(lines);
        return;
      }
      total += size;
      if (total > most) {
        throw new HttpException(413, "the body is too long");
      }
      copy(in, size, sink);
      if (!ISO_8859_1.decode(in.readFully(2)).toString().equals("\r\n")) {
        throw new HttpException(400, "a chunk longer than it says");
      }
    }
  }

  private static void trailers(FrameReader lines) throws IOException, HttpException {
    int count = 0;
    for (var line = HttpHead.line(lines); !line.isEmpty(); line = HttpHead.line(lines)) {
      HttpHead.field(line);
      if (++count > MOST_TRAILERS) {
        throw new HttpException(431, "more trailers than this server takes");
      }
    }
  }

  private static void copy(ConnReader in, long length, Sink sink) throws IOException {
    var piece = ByteBuffer.allocate((int) Math.min(length, PIECE));
    for (long left = length; left > 0; ) {
      piece.clear().limit((int) Math.min(left, piece.capacity()));
      int n = in.read(piece);
      if (n < 0) {
        throw new EOFException("the stream ended " + left + " bytes before the body");
      }
      left -= n;
      sink.write(piece.flip());
    }
  }

  private static void toTheEnd(ConnReader in, Sink sink) throws IOException {
    var piece = ByteBuffer.allocate(PIECE);
    while (in.read(piece.clear()) >= 0) {
      sink.write(piece.flip());
    }
  }
}
