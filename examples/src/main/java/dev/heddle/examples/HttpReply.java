package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer: status, fields, and a body of bytes or of a file's region.
 *
 * @param fields lines, each ended by CR LF
 * @param body what is sent unless there is a file
 * @param file closed once it has been sent
 * @param length of the body
 */
record HttpReply(
    int status,
    String fields,
    String body,
    @Nullable FileChannel file,
    long position,
    long length) {
  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(206, "Partial Content"),
          Map.entry(301, "Moved Permanently"),
          Map.entry(304, "Not Modified"),
          Map.entry(400, "Bad Request"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(416, "Range Not Satisfiable"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"));
  private static final DateTimeFormatter DATE = // RFC 9110 section 5.6.7
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** The date field of a second. Written by any thread that finds it old. */
  private static volatile Now now = new Now(0, "");

  private record Now(long second, String date) {}

  /** An answer with a body of text. */
  static HttpReply text(int status, String text) {
    var type = "Content-Type: text/plain; charset=utf-8\r\n";
    return new HttpReply(status, type, text, null, 0, text.getBytes(UTF_8).length);
  }

  /** An answer that says what is wrong; a body of one line. */
  static HttpReply error(int status, String why) {
    return text(status, status + " " + REASONS.get(status) + ": " + why + "\n");
  }

  /** An answer without a body. */
  static HttpReply empty(int status) {
    return new HttpReply(status, "", "", null, 0, 0);
  }

  /** An answer with a region of a file. */
  static HttpReply file(int status, FileChannel file, long position, long length) {
    return new HttpReply(status, "", "", file, position, length);
  }

  /** A copy with another field. */
  HttpReply with(String name, String value) {
    return new HttpReply(
        status, fields + name + ": " + value + "\r\n", body, file, position, length);
  }

  /** The head, as it is sent. */
  byte[] head() {
    var counted = status == 304 ? "" : "Content-Length: " + length + "\r\n";
    return ("HTTP/1.1 "
            + status
            + " "
            + REASONS.get(status)
            + "\r\nDate: "
            + date()
            + "\r\n"
            + counted
            + fields
            + "\r\n")
        .getBytes(ISO_8859_1);
  }

  /** A moment in the form of the Date field. */
  static String date(Instant instant) {
    return DATE.format(instant);
  }

  private static String date() {
    var current = now;
    long second = System.currentTimeMillis() / 1000;
    if (current.second != second) {
      current = new Now(second, date(Instant.ofEpochSecond(second)));
      now = current;
    }
    return current.date;
  }
}
