package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages say is so: messages, code, flags, links. */
@Timeout(180)
class DocsTest {
  private static final List<String> PAGES =
      List.of("getting-started", "examples", "io-models", "from-go", "limits", "troubleshooting");

  private static final Pattern LOGGED =
      Pattern.compile("LOG\\.(?:warn|error)\\(\\s*((?:\"[^\"]*\"(?:\\s*\\+\\s*)?)+)");
  private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#[^)]*)?\\)");
  private static final Path ROOT = root();

  @TempDir Path folder;

  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("README.md"))) {
      here = Objects.requireNonNull(here.getParent());
    }
    return here;
  }

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs/" + name + ".md"));
  }

  /** The block of code of a page that has a text in it. */
  private static String block(String page, String language, String has) throws IOException {
    var fences = page(page).split("(?m)^```", -1); // text, block, text, block, and so on
    return IntStream.range(0, fences.length)
        .filter(i -> i % 2 == 1 && fences[i].startsWith(language + "\n"))
        .mapToObj(i -> fences[i].substring(language.length() + 1))
        .filter(code -> code.contains(has))
        .findFirst()
        .orElseThrow(() -> new AssertionError(page + " has no " + language + " with " + has));
  }

  @Test
  void eachLineOfLogIsExplained() throws IOException {
    var explained = page("troubleshooting").replaceAll("\\s+", " ");
    var missing = new TreeSet<String>();
    int found = 0;
    for (var module : List.of("scheduler", "netio", "runtime/core", "runtime/cli")) {
      try (var files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          for (var match : LOGGED.matcher(Files.readString(file)).results().toList()) {
            var message =
                LITERAL
                    .matcher(match.group(1))
                    .results()
                    .map(literal -> literal.group(1))
                    .collect(Collectors.joining())
                    .replaceAll("\\\\n.*", "");
            found++;
            if (!message.equals("{}: {}") && !explained.contains("`" + message + "`")) {
              missing.add(message + " of " + file.getFileName());
            }
          }
        }
      }
    }
    assertTrue(found >= 15, "found " + found);
    assertEquals("", String.join("\n", missing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getting-started",
        "examples",
        "io-models",
        "from-go",
        "limits",
        "troubleshooting"
      })
  void pageIsShortAndItsLinksLeadSomewhere(String name) throws IOException {
    assertTrue(PAGES.contains(name));
    var lines = page(name).lines().toList();
    assertTrue(lines.size() <= 250, "lines: " + lines.size());
    assertEquals(List.of(), lines.stream().filter(line -> line.length() > 120).toList());
    for (var link : LINK.matcher(page(name)).results().toList()) {
      assertTrue(Files.exists(ROOT.resolve("docs").resolve(link.group(1))), link.group());
    }
  }

  @Test
  void listOfProgramsIsWhole() throws Exception {
    try (var child = Child.start()) {
      for (var line : child.end().ok().lines().toList()) {
        assertTrue(page("examples").contains("| `" + line.split(" ", 2)[0] + "` |"), line);
      }
    }
  }

  /** The flags of the property in the page's pom. */
  private static List<String> flags() throws IOException {
    var match =
        Pattern.compile("(?s)<heddle.flags>(.*?)</heddle.flags>").matcher(page("getting-started"));
    assertTrue(match.find());
    return List.of(match.group(1).strip().split("\\s+"));
  }

  private Path compileHello() throws IOException {
    var source = Files.createDirectories(folder.resolve("src/com/example")).resolve("Hello.java");
    Files.writeString(source, block("getting-started", "java", "class Hello"));
    var classes = folder.resolve("classes");
    javac(classes, source);
    return classes;
  }

  private static void javac(Path classes, Path source) {
    ChildJvm.run(
            List.of(
                ChildJvm.tool("javac").toString(),
                "-proc:none",
                "-Xlint:all",
                "-Werror",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString()))
        .ok();
  }

  private static void assertGreets(List<String> command) throws Exception {
    var server = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = server.inputReader()) {
      var line = lines.readLine();
      assertTrue(line.startsWith("listening on /127.0.0.1:"), line);
      int port = Integer.parseInt(line.replaceFirst(".*:", ""));
      try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.getOutputStream().write("Ada\nBen\n".getBytes(UTF_8));
        client.shutdownOutput();
        var greeting = new String(client.getInputStream().readAllBytes(), UTF_8);
        assertEquals("hello, Ada\nhello, Ben\n", greeting);
      }
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void firstServerRunsWithTheFlagsOfThePage() throws Exception {
    var command = new ArrayList<>(List.of(ChildJvm.tool("java").toString()));
    command.addAll(flags());
    var classPath = compileHello() + File.pathSeparator + System.getProperty("java.class.path");
    command.addAll(List.of("-cp", classPath, "com.example.Hello", "0"));
    assertGreets(command);
  }

  @Test
  void oneJarRunsWithoutFlags() throws Exception {
    var manifest = new ArrayList<>(List.of("Main-Class: com.example.Hello"));
    var page = block("getting-started", "xml", "ManifestResourceTransformer");
    for (var name : List.of("Add-Opens", "Enable-Native-Access")) {
      var match = Pattern.compile("<" + name + ">(.*)</" + name + ">").matcher(page);
      assertTrue(match.find(), name);
      manifest.add(name + ": " + match.group(1));
    }
    manifest.add("Class-Path: " + classPathOfManifest());
    var jar = folder.resolve("hello.jar");
    var file = Files.write(folder.resolve("manifest"), wrapped(manifest));
    var classes = compileHello().toString();
    ChildJvm.run(
            List.of(
                ChildJvm.tool("jar").toString(),
                "cfm",
                jar.toString(),
                file.toString(),
                "-C",
                classes,
                "."))
        .ok();
    assertGreets(List.of(ChildJvm.tool("java").toString(), "-jar", jar.toString(), "0"));
  }

  private static String classPathOfManifest() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toUri().toString())
        .collect(Collectors.joining(" "));
  }

  /** Lines of a manifest have 72 bytes at most. */
  private static List<String> wrapped(List<String> lines) {
    return lines.stream()
        .flatMap(
            line ->
                Arrays.stream(line.split("(?<=\\G.{60})"))
                    .map(part -> line.startsWith(part) ? part : " " + part))
        .toList();
  }

  @Test
  void jshellOfThePageStartsARuntime() throws IOException {
    var command = block("getting-started", "", "jshell --class-path");
    var flags =
        Stream.of(command.split("[\\s\\\\]+")).filter(word -> word.startsWith("-R")).toList();
    assertEquals(flags().size(), flags.size() + 3, "each of three --add-opens is two words there");
    var jshell = new ArrayList<>(List.of(ChildJvm.tool("jshell").toString(), "-s"));
    jshell.addAll(List.of("--class-path", System.getProperty("java.class.path")));
    jshell.addAll(flags);
    jshell.add("-");
    var typed =
        """
        try (var heddle = dev.heddle.Heddle.start()) {
          heddle.go(() -> System.out.println("in " + dev.heddle.Heddle.current().name())).join();
        }
        """;
    assertTrue(ChildJvm.feed(jshell, typed).ok().contains("in heddle"), "no task has run");
  }

  @Test
  void serverBesideGosCompiles() throws IOException {
    var source = folder.resolve("Shown.java");
    var imports =
        "import dev.heddle.Heddle; import java.net.InetSocketAddress; import"
            + " java.nio.ByteBuffer;\n";
    Files.writeString(
        source,
        imports
            + "class Shown { void run(Heddle heddle) throws Exception {\n"
            + block("from-go", "java", "heddle.listen")
            + "} }\n");
    javac(folder.resolve("classes"), source);
  }

  @Test
  void versionsOfThePageAreThoseOfTheBuild() throws IOException {
    var pom = Files.readString(ROOT.resolve("pom.xml"));
    var page = page("getting-started");
    for (var property : List.of("slf4j.version")) {
      var match = Pattern.compile("<" + property + ">(.*)</").matcher(pom);
      assertTrue(match.find() && page.contains(match.group(1)), property);
    }
    var version = Pattern.compile("<version>(.*)</version>").matcher(pom);
    assertTrue(version.find());
    assertTrue(page.contains("heddle-runtime:" + version.group(1)), version.group(1));
  }
}
