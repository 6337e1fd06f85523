package dev.heddle.libraries;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/libraries.md tells people to write is what these tests run. */
final class LibrariesPageTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everySnippetOfThePageIsInATest() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "libraries.md"));
    String sources;
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/heddle/libraries"))) {
      sources = files.map(LibrariesPageTest::read).collect(Collectors.joining());
    }
    var snippets = new ArrayList<String>();
    var matcher = SNIPPET.matcher(page);
    while (matcher.find()) {
      snippets.add(matcher.group(1));
    }
    assertFalse(snippets.isEmpty());
    for (String snippet : snippets) {
      assertTrue(squeezed(sources).contains(squeezed(snippet)), snippet);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
