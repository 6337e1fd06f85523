package dev.heddle.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every public type that users see has an example in its Javadoc that a test compiles and runs. */
final class EveryTypeTest {
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("^public .*\\b(class|interface|enum|record)\\b", Pattern.MULTILINE);
  private static final Pattern SNIPPET =
      Pattern.compile("\\{@snippet class=\"[\\w.]+SnippetsTest\" region=\"[\\w-]+\"}");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../scheduler/src/main/java/dev/heddle/scheduler",
        "../../netio/src/main/java/dev/heddle/netio",
        "src/main/java/dev/heddle",
        "src/main/java/dev/heddle/net"
      })
  void hasAnExample(String apiPackage) throws IOException {
    List<Path> types = publicTypes(Path.of(apiPackage));
    assertTrue(types.size() > 1, apiPackage);
    assertEquals(List.of(), types.stream().filter(type -> !hasExample(read(type))).toList());
  }

  private static List<Path> publicTypes(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> PUBLIC_TYPE.matcher(read(file)).find())
          .toList();
    }
  }

  /** In the comment of the type and not of a method. */
  private static boolean hasExample(String source) {
    var type = PUBLIC_TYPE.matcher(source);
    return type.find() && SNIPPET.matcher(source.substring(0, type.start())).find();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
