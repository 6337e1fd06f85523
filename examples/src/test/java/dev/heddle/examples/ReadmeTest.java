package dev.heddle.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The echo server that the README shows. */
class ReadmeTest {
  private static final List<String> IMPORTS =
      List.of(
          "dev.heddle.Heddle",
          "dev.heddle.netio.Conn",
          "dev.heddle.netio.Listener",
          "java.io.IOException",
          "java.net.InetSocketAddress",
          "java.net.SocketAddress",
          "java.nio.ByteBuffer");

  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("README.md"))
        ? here
        : Objects.requireNonNull(here.getParent());
  }

  private static String echo() throws IOException {
    var readme = Files.readString(root().resolve("README.md"));
    int start = readme.indexOf("```java\n") + "```java\n".length();
    return readme.substring(start, readme.indexOf("```\n", start));
  }

  /** The parts of the README's code: what starts the server, and its methods. */
  private static List<String> parts() throws IOException {
    return List.of(echo().split("\n(?=static )"));
  }

  @Test
  void methodsOfItsEchoAreThoseOfTheProgram() throws IOException {
    var program = "examples/src/main/java/dev/heddle/examples/Echo.java";
    var source = Files.readString(root().resolve(program)).replaceAll("\\s+", " ");
    assertEquals(3, parts().size());
    for (var method : parts().subList(1, 3)) {
      var shown = method.strip().replaceAll("\\s+", " ");
      assertTrue(source.contains(shown), shown);
    }
  }

  @Test
  void itsEchoCompilesAsItStands(@TempDir Path folder) throws IOException {
    var code = new StringBuilder();
    IMPORTS.forEach(name -> code.append("import ").append(name).append(";\n"));
    code.append("class Shown {\n  static void main() throws IOException {\n")
        .append(parts().getFirst());
    code.append("}\n").append(String.join("\n", parts().subList(1, 3))).append("}\n");
    var file = Files.writeString(folder.resolve("Shown.java"), code.toString());
    var errors = new java.io.ByteArrayOutputStream();
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                errors,
                errors,
                "-d",
                folder.toString(),
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertEquals(0, exitCode, errors::toString);
  }
}
