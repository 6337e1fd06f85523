package dev.heddle.examples;

import dev.heddle.netio.ConnReader;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request, checked as RFC 9112 and RFC 9110 want it of a server that fears smuggling: whatever
 * leaves in doubt where the request ends is refused, and the connection with it.
 *
 * @param head the head as it came
 * @param method such as {@code GET}, any token
 * @param path the target's path and query; {@code *} or HOST:PORT with the methods that have those
 * @param old whether the client speaks HTTP/1.0
 * @param length of the body in bytes, 0 if there is none, {@link HttpBody#CHUNKED}
 */
record HttpRequest(HttpHead head, String method, String path, boolean old, long length) {
  private static final Pattern START =
      Pattern.compile("([\\w!#$%&'*+.^`|~-]+) ([!-\"$-~]+) HTTP/(\\d)\\.(\\d)");
  private static final String HOST =
      "(?:\\[[0-9A-Fa-f:.]+]|(?:[\\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\\d{0,5})?";
  private static final Pattern HOST_FIELD = Pattern.compile(HOST);
  private static final Pattern ORIGIN = Pattern.compile("/.*");
  private static final Pattern ABSOLUTE = // the path may be missing
      Pattern.compile("(?i:https?)://(?!:|[/?]|$)" + HOST + "(|[/?].*)");
  private static final Pattern AUTHORITY = Pattern.compile("(?!:)" + HOST + "(?<=:\\d{1,5})");

  /**
   * Waits for the next request.
   *
   * @return null if the client sends none any more
   * @throws HttpException if it is wrong; the connection can only be closed
   */
  static @Nullable HttpRequest read(ConnReader in, HttpHead.Begun begun)
      throws IOException, HttpException {
    var head = HttpHead.read(in, begun);
    return head == null ? null : of(head);
  }

  static HttpRequest of(HttpHead head) throws HttpException {
    var start = START.matcher(head.start());
    if (!start.matches()) {
      throw new HttpException(400, "malformed request line");
    }
    if (!start.group(3).equals("1")) {
      throw new HttpException(505, "this server speaks HTTP/1.1");
    }
    var old = start.group(4).equals("0");
    var path = path(start.group(1), start.group(2));
    var host = head.get("Host");
    if (host == null ? !old : !HOST_FIELD.matcher(host).matches()) {
      throw new HttpException(400, "not exactly one valid Host");
    }
    return new HttpRequest(head, start.group(1), path, old, HttpBody.length(head, old));
  }

  /** The path of a target in one of the four forms of RFC 9112 section 3.2. */
  private static String path(String method, String target) throws HttpException {
    var absolute = ABSOLUTE.matcher(target);
    if (method.equals("CONNECT") ? AUTHORITY.matcher(target).matches() : isPath(method, target)) {
      return target;
    }
    if (!method.equals("CONNECT") && absolute.matches()) {
      return absolute.group(1).startsWith("/") ? absolute.group(1) : "/" + absolute.group(1);
    }
    throw new HttpException(400, "malformed target");
  }

  private static boolean isPath(String method, String target) {
    return ORIGIN.matcher(target).matches() || (method.equals("OPTIONS") && target.equals("*"));
  }

  /** Whether the client may send another request on this connection. */
  boolean keepsAlive() {
    return !head.lists("Connection", "close") && (!old || head.lists("Connection", "keep-alive"));
  }

  /** Whether the client sends the body only after an interim answer. */
  boolean expectsContinue() throws HttpException {
    var expected = head.get("Expect");
    if (old || expected == null) {
      return false;
    }
    if (!expected.equalsIgnoreCase("100-continue")) {
      throw new HttpException(417, "an expectation that nobody knows");
    }
    return true;
  }
}
