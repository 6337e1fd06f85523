package dev.heddle.stress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.cli.TimeOption;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Writes the results to a folder: {@code stress.json} for machines, {@code stress.html} for people.
 *
 * <p>The page is one file that needs no network: the same JSON stands inside it, and its script
 * draws the charts from that.
 */
final class Report {
  private static final double[] PERCENTILES = {
    0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100
  };
  private static final String PLACE = "/*RESULTS*/null";

  private Report() {}

  /** Writes both files and returns the page. */
  static Path write(Path folder, Settings settings, List<Result> results) throws IOException {
    var json = json(settings, results);
    Files.writeString(folder.resolve("stress.json"), json);
    var page = folder.resolve("stress.html");
    // Inside a script element only "<" could be taken for markup, and it stands in strings only.
    Files.writeString(page, template().replace(PLACE, json.replace("<", "\\u003c")));
    return page;
  }

  private static String template() throws IOException {
    try (var in =
        Objects.requireNonNull(
            Report.class.getResourceAsStream("report.html"), "report.html is missing")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static String json(Settings settings, List<Result> results) throws IOException {
    var out = new StringWriter();
    try (var json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("written", Instant.now().toString());
      json.writeStringField(
          "java", System.getProperty("java.vm.name") + " " + Runtime.version().toString());
      json.writeStringField(
          "system",
          System.getProperty("os.name")
              + " "
              + System.getProperty("os.version")
              + " "
              + System.getProperty("os.arch"));
      json.writeNumberField("cpus", Runtime.getRuntime().availableProcessors());
      json.writeNumberField("seed", settings.seed());
      json.writeNumberField("processors", settings.processors());
      json.writeStringField("poller", settings.pollerWord());
      json.writeNumberField("connections", settings.connections());
      json.writeStringField("duration", TimeOption.format(settings.duration()));
      json.writeArrayFieldStart("suites");
      for (var result : results) {
        write(json, result);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return out + "\n";
  }

  private static void write(JsonGenerator json, Result result) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", result.suite());
    json.writeStringField("proves", result.proves());
    json.writeStringField("command", result.command());
    json.writeNumberField("seconds", result.nanos() / 1e9);
    json.writeNumberField("operations", result.operations());
    json.writeNumberField("rate", result.rate());
    json.writeNumberField("errors", result.errors());
    json.writeNumberField("violations", result.violations());
    json.writeArrayFieldStart("violationTexts");
    for (var text : result.violationTexts()) {
      json.writeString(text);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("dumps");
    for (var dump : result.dumps()) {
      json.writeString(dump.toString());
    }
    json.writeEndArray();
    json.writeObjectFieldStart("errorKinds");
    for (var kind : result.errorKinds().entrySet()) {
      json.writeNumberField(kind.getKey(), kind.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("notes");
    for (var note : result.notes().entrySet()) {
      json.writeStringField(note.getKey(), note.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("latency");
    if (result.timed()) {
      for (double percentile : PERCENTILES) {
        json.writeStartObject();
        json.writeNumberField("percentile", percentile);
        json.writeNumberField("nanos", result.percentile(percentile));
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    writeSamples(json, result);
    json.writeEndObject();
  }

  private static void writeSamples(JsonGenerator json, Result result) throws IOException {
    json.writeArrayFieldStart("samples");
    for (var sample : result.samples()) {
      json.writeStartObject();
      json.writeNumberField("seconds", sample.seconds());
      json.writeNumberField("rate", sample.rate());
      json.writeNumberField("errorRate", sample.errorRate());
      json.writeNumberField("p50", sample.p50Nanos());
      json.writeNumberField("p99", sample.p99Nanos());
      json.writeNumberField("max", sample.maxNanos());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
