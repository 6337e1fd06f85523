package dev.heddle.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes a timeline as one page that needs nothing else: style, script and data inlined into {@code
 * index.html}.
 *
 * <p>The page's sources are the files in the {@code page} folder of the resources; the script is
 * their concatenation in the order of {@link #SCRIPTS}. The data is {@link TimelineCodec}'s,
 * deflated, as base64.
 */
public final class HtmlPage {
  private static final List<String> SCRIPTS =
      List.of(
          "text.js",
          "data.js",
          "model.js",
          "lod.js",
          "palette.js",
          "view.js",
          "layout.js",
          "marks.js",
          "tracks.js",
          "overlay.js",
          "minimap.js",
          "tip.js",
          "panels.js",
          "causes.js",
          "waits.js",
          "input.js",
          "main.js");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private HtmlPage() {}

  /**
   * What the page says about the recording.
   *
   * @param file its name
   * @param fromNanos where the shown part begins, since the recording's start
   * @param toNanos where it ends
   * @param runtimes their names, by {@link Places#runtime}
   * @param warnings what the reader should know: cut off, events lost …
   * @param causes what delayed tasks most, in the whole recording
   */
  public record Meta(
      String file,
      long startEpochNanos,
      long fromNanos,
      long toNanos,
      List<String> runtimes,
      List<String> warnings,
      Causes.Report causes) {}

  /** Writes the page; {@code out} stays open. */
  public static void write(Timeline timeline, Meta meta, OutputStream out) throws IOException {
    timeline.sort();
    byte[] data = TimelineCodec.encode(timeline, new TimelineLinks(timeline));
    String template = resource("index.html");
    Matcher matcher = PLACEHOLDER.matcher(template);
    int done = 0;
    while (matcher.find()) {
      text(out, template.substring(done, matcher.start()));
      switch (matcher.group(1)) {
        case "style" -> text(out, resource("style.css"));
        case "script" -> text(out, script());
        case "meta" -> text(out, json(meta));
        case "data" -> base64(data, out);
        default -> throw new IllegalStateException("index.html asks for " + matcher.group());
      }
      done = matcher.end();
    }
    text(out, template.substring(done));
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String script() throws IOException {
    var script = new StringBuilder();
    for (String name : SCRIPTS) {
      script.append("\n// ").append(name).append('\n').append(resource(name));
    }
    return script.toString();
  }

  private static void base64(byte[] data, OutputStream out) throws IOException {
    // Closing the encoder writes its last group; the page goes on after that.
    var open =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
          }

          @Override
          public void close() throws IOException {
            flush();
          }
        };
    try (var deflater = new DeflaterOutputStream(Base64.getEncoder().wrap(open))) {
      deflater.write(data);
    }
  }

  private static String json(Meta meta) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("file", meta.file());
      json.writeNumberField("startEpochNanos", meta.startEpochNanos());
      json.writeNumberField("fromNanos", meta.fromNanos());
      json.writeNumberField("toNanos", meta.toNanos());
      json.writeArrayFieldStart("runtimes");
      for (String runtime : meta.runtimes()) {
        json.writeString(runtime);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("warnings");
      for (String warning : meta.warnings()) {
        json.writeString(warning);
      }
      json.writeEndArray();
      CausesJson.write(meta.causes(), json);
      CausesJson.write(meta.causes().waits(), json);
      json.writeEndObject();
    }
    // A file may be called "</script>": inside a script element only this is dangerous.
    return text.toString().replace("<", "\\u003c");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlPage.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IOException("the page's source " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
