package dev.heddle.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves a folder over HTTP/1.1: ranges, ETags and conditional requests as RFC 9110 sections 13 and
 * 14 want them; the kernel sends the files. Nothing outside of the folder is reached, neither by
 * dots nor by symbolic links.
 *
 * <pre>
 * ./heddle run file-server --root docs
 * curl -v http://127.0.0.1:8080/heddle.svg -o /dev/null -r 0-99
 * </pre>
 */
final class FileServer {
  static final String HELP =
      "file-server: serves a folder over HTTP, with ranges and conditional requests\n"
          + Options.LISTEN
          + HttpServer.LIMITS
          + "  --root FOLDER        what to serve (.)\n";

  private static final Pattern RANGE = Pattern.compile("(?i:bytes)=(\\d{0,18})-(\\d{0,18})");

  private final Path root;

  private FileServer(Path root) {
    this.root = root;
  }

  public static void main(String... args) {
    System.exit(Options.run(HELP, FileServer::run, args));
  }

  static void run(Options options) throws IOException {
    var folder = Path.of(options.text("--root"));
    if (!Files.isDirectory(folder)) {
      throw new Options.Mistake("--root: there is no folder " + folder);
    }
    var files = new FileServer(folder.toRealPath());
    try (var heddle = options.start()) {
      // Files block their carrier, so another one takes over meanwhile.
      var server = new HttpServer(options, request -> heddle.blocking(() -> files.answer(request)));
      var listener = heddle.listen(options.listenAddress());
      server.serve(heddle, listener);
      options.listening(listener.localAddress());
      heddle.awaitShutdown();
    }
  }

  private HttpReply answer(HttpRequest request) throws IOException {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return Http.refuse(request.method());
    }
    var path = request.path().replaceFirst("\\?.*", "");
    try {
      var file = find(path);
      if (file != null && Files.isDirectory(file)) {
        if (!path.endsWith("/")) {
          return HttpReply.error(301, "it is a folder").with("Location", path + "/");
        }
        file = find(path + "index.html");
      } else if (path.endsWith("/")) {
        file = null; // a file is no folder
      }
      return file == null || !Files.isRegularFile(file)
          ? HttpReply.error(404, "there is no such file")
          : send(request, file);
    } catch (InvalidPathException | NumberFormatException e) {
      return HttpReply.error(400, "malformed path");
    } catch (AccessDeniedException e) {
      return HttpReply.error(403, "this file is not for you");
    } catch (FileSystemException e) { // not there, a loop of links, a name that is too long
      return HttpReply.error(404, "there is no such file");
    }
  }

  /** The file of a path, if it is inside of the root once all links are followed. */
  private @Nullable Path find(String path) throws IOException {
    var decoded = decode(path.substring(1));
    if (Arrays.asList(decoded.split("/")).contains("..")) {
      return null; // browsers never send it
    }
    var file = root.resolve(decoded.replaceFirst("^/+", "")).toRealPath();
    return file.startsWith(root) ? file : null;
  }

  /** Decodes %XX; the bytes are UTF-8. */
  private static String decode(String path) {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        if (i + 3 > path.length()) {
          throw new NumberFormatException("cut short");
        }
        bytes.write(HexFormat.fromHexDigits(path, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(path.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static HttpReply send(HttpRequest request, Path path) throws IOException {
    var file = FileChannel.open(path);
    try {
      long size = file.size();
      var modified = Instant.ofEpochSecond(Files.getLastModifiedTime(path).toMillis() / 1000);
      var tag = "\"%x-%x\"".formatted(Files.getLastModifiedTime(path).toMillis(), size);
      int status = precondition(request.head(), tag, modified);
      var reply = HttpReply.empty(status);
      if (status == 200) {
        reply = region(request, file, size, tag, modified);
        var type = URLConnection.guessContentTypeFromName(path.getFileName().toString());
        reply = reply.with("Content-Type", type == null ? "application/octet-stream" : type);
      }
      if (reply.file() == null) {
        file.close();
      }
      return reply
          .with("Accept-Ranges", "bytes")
          .with("ETag", tag)
          .with("Last-Modified", HttpReply.date(modified));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** 200, 304 or 412, in the order of RFC 9110 section 13.2.2. */
  private static int precondition(HttpHead head, String tag, Instant modified) {
    var match = head.get("If-Match");
    var unmodified = date(head.get("If-Unmodified-Since"));
    if (match != null ? !lists(match, tag) : unmodified != null && modified.isAfter(unmodified)) {
      return 412;
    }
    var noneMatch = head.get("If-None-Match");
    var since = date(head.get("If-Modified-Since"));
    boolean same =
        noneMatch != null
            ? lists(noneMatch.replace("W/\"", "\""), tag)
            : since != null && !modified.isAfter(since);
    return same ? 304 : 200;
  }

  private static boolean lists(String tags, String tag) {
    return tags.equals("*") || Arrays.asList(tags.split("\\s*,\\s*")).contains(tag);
  }

  private static @Nullable Instant date(@Nullable String value) {
    try {
      return value == null
          ? null
          : ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null; // as if it was not there
    }
  }

  /** The whole file, or the one range that was asked for; several are answered by the whole. */
  private static HttpReply region(
      HttpRequest request, FileChannel file, long size, String tag, Instant modified) {
    var range = request.head().get("Range");
    var condition = request.head().get("If-Range");
    var match = RANGE.matcher(range == null ? "" : range.replaceAll("[ \t]", ""));
    boolean holds = condition == null || condition.equals(tag) || modified.equals(date(condition));
    if (!request.method().equals("GET") || !holds || !match.matches()) {
      return HttpReply.file(200, file, 0, size);
    }
    var from = match.group(1);
    var to = match.group(2);
    if (from.isEmpty() ? to.isEmpty() : !to.isEmpty() && number(to) < number(from)) {
      return HttpReply.file(200, file, 0, size); // no range at all
    }
    long first = from.isEmpty() ? Math.max(0, size - number(to)) : number(from);
    long last = from.isEmpty() || to.isEmpty() ? size - 1 : Math.min(number(to), size - 1);
    if (first > last) {
      return HttpReply.error(416, "it has " + size + " bytes")
          .with("Content-Range", "bytes */" + size);
    }
    var bytes = String.format(Locale.ROOT, "bytes %d-%d/%d", first, last, size);
    return HttpReply.file(206, file, first, last - first + 1).with("Content-Range", bytes);
  }

  private static long number(String digits) {
    return Long.parseLong(digits);
  }
}
