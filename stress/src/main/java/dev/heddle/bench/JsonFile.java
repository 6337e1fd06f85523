package dev.heddle.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.cli.CliError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that {@code --json} names: looked at before measuring, written after it. */
record JsonFile(@Nullable File file) {
  /** What writes the content. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  JsonFile {
    if (file != null) {
      check(file.toPath());
    }
  }

  private static void check(Path file) {
    var folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new CliError("--json: cannot write " + file + ": it is a folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new CliError("--json: cannot write " + file + ": no such folder");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new CliError("--json: cannot write " + file + ": permission denied");
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
