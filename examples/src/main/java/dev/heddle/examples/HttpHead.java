package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.netio.ConnReader;
import dev.heddle.netio.FrameReader;
import dev.heddle.netio.FrameTooLongException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.x message, request or response: a start line and fields, each a line of the
 * library's framing, checked as RFC 9112 section 5 wants it.
 *
 * @param start the first line
 * @param fields the header fields in their order, names as they came
 */
record HttpHead(String start, List<Field> fields) {
  /** The longest line; also the least that RFC 9110 wants a server to take for a target. */
  static final int LONGEST_LINE = 8 * 1024;

  private static final int MOST_FIELDS = 100;
  private static final int LONGEST_HEAD = 4 * LONGEST_LINE;
  private static final Pattern FIELD = // a name, a colon right behind it, a value without controls
      Pattern.compile("([\\w!#$%&'*+.^`|~-]+):[ \t]*([\\t -~\\x80-\\xff]*?)[ \t]*");

  /** A header field. */
  record Field(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /** How a server bounds the time of a head: called when the first line has come. */
  @FunctionalInterface
  interface Begun {
    void begun();
  }

  /**
   * Waits for the next head.
   *
   * @return null if the stream ends before it
   * @throws HttpException if it is malformed or too long: 400, 414 or 431
   * @throws EOFException if the stream ends in the middle of it
   */
  static @Nullable HttpHead read(ConnReader in, Begun begun) throws IOException, HttpException {
    var lines = FrameReader.lines(in); // by CR LF, or by LF alone, as RFC 9112 section 2.2 allows
    var start = "";
    var fields = new ArrayList<Field>();
    int size = 0;
    try {
      while (start.isEmpty()) { // clients of old send an empty line behind a body
        ByteBuffer line = lines.read();
        if (line == null) {
          return null;
        }
        start = text(line);
      }
      begun.begun();
      for (var line = line(lines); !line.isEmpty(); line = line(lines)) {
        size += line.length();
        if (size > LONGEST_HEAD || fields.size() == MOST_FIELDS) {
          throw new HttpException(431, "more header fields than this server takes");
        }
        fields.add(field(line));
      }
    } catch (FrameTooLongException e) {
      throw start.isEmpty()
          ? new HttpException(414, "the request line is too long")
          : new HttpException(431, "a header field is too long");
    }
    return new HttpHead(start, fields);
  }

  static String line(FrameReader lines) throws IOException {
    ByteBuffer line = lines.read();
    if (line == null) {
      throw new EOFException("the stream ended in a head");
    }
    return text(line);
  }

  static Field field(String line) throws HttpException {
    var match = FIELD.matcher(line);
    if (!match.matches()) {
      throw new HttpException(400, "malformed header field");
    }
    return new Field(match.group(1), match.group(2));
  }

  private static String text(ByteBuffer line) {
    return ISO_8859_1.decode(line).toString();
  }

  /** The value of a field, those of several joined by commas; null if there is none. */
  @Nullable String get(String name) {
    @Nullable String value = null;
    for (var field : fields) {
      if (field.is(name)) {
        value = value == null ? field.value : value + ", " + field.value;
      }
    }
    return value;
  }

  /** Whether a field that is a list of tokens has one. */
  boolean lists(String name, String token) {
    return tokens(name).contains(token);
  }

  /** The elements of a field that is a list, in lower case. */
  List<String> tokens(String name) {
    var value = get(name);
    return value == null
        ? List.of()
        : List.of(value.toLowerCase(Locale.ROOT).split(",")).stream()
            .map(String::strip)
            .collect(Collectors.toList());
  }
}
