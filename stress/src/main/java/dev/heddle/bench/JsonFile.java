package dev.heddle.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.cli.CliError;
import java.io.File;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The file that {@code --json} names: looked at before measuring, written after it. */
record JsonFile(@Nullable File file) {
  /** What writes the content. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  JsonFile {
    if (file != null) {
      var folder = file.getAbsoluteFile().getParentFile();
      if (file.isDirectory() || (folder != null && !folder.isDirectory())) {
        throw new CliError("--json: cannot write " + file);
      }
    }
  }

  /** Writes one object, if there is a file. */
  void write(Content content) throws IOException {
    if (file == null) {
      return;
    }
    try (var json = new JsonFactory().createGenerator(file, JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    }
  }

  /** Writes a number, unless there is none: JSON has no NaN. */
  static void writeIfAny(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    }
  }
}
