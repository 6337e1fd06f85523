// Formats Java sources with google-java-format, or checks that they are formatted.
//
//   java -cp google-java-format-all-deps.jar tools/Format.java check|apply [ROOT]
//
// Maven starts it with JDK 25, as google-java-format parses with the javac of the JVM it runs in,
// while Maven (and so spotless inside it) may run on an older one. One JVM does all files, and
// files not touched since the last run without findings are skipped.

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;

private static final Set<String> SKIPPED_FOLDERS =
    Set.of("target", ".git", ".idea", "node_modules");

void main(String[] args) throws IOException {
  var apply = args[0].equals("apply");
  var root = Path.of(args.length > 1 ? args[1] : "").toAbsolutePath();
  var stamp = root.resolve("target/format.stamp");
  var started = FileTime.from(Instant.now());
  var last = Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : FileTime.fromMillis(0);
  if (modified(root.resolve("pom.xml")).compareTo(last) >= 0) {
    last = FileTime.fromMillis(0); // google-java-format may be another
  }
  var since = last;

  var failed = new AtomicBoolean();
  sources(root).parallelStream()
      .filter(file -> modified(file).compareTo(since) >= 0)
      .forEach(
          file -> {
            var problem = format(file, apply);
            if (problem != null) {
              failed.set(true);
              IO.println(root.relativize(file) + ": " + problem);
            }
          });
  if (failed.get()) {
    IO.println("To format: mvn -q -N -Pformat");
    System.exit(1);
  }
  Files.createDirectories(stamp.getParent());
  Files.writeString(stamp, "");
  Files.setLastModifiedTime(stamp, started);
}

private static List<Path> sources(Path root) throws IOException {
  var found = new ArrayList<Path>();
  Files.walkFileTree(
      root,
      new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
          return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
              ? FileVisitResult.SKIP_SUBTREE
              : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
          if (file.toString().endsWith(".java")) {
            found.add(file);
          }
          return FileVisitResult.CONTINUE;
        }
      });
  return found;
}

private static FileTime modified(Path file) {
  try {
    return Files.getLastModifiedTime(file);
  } catch (IOException e) {
    throw new UncheckedIOException(e);
  }
}

/** Returns what is wrong with the file, or null. */
private static String format(Path file, boolean apply) {
  try {
    var source = Files.readString(file);
    var formatted = new Formatter().formatSourceAndFixImports(source);
    if (formatted.equals(source)) {
      return null;
    }
    if (apply) {
      Files.writeString(file, formatted);
      return null;
    }
    return "not formatted";
  } catch (FormatterException e) {
    return e.getMessage();
  } catch (IOException e) {
    throw new UncheckedIOException(e);
  }
}
