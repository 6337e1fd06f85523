package dev.heddle.netio;

import dev.heddle.netio.errno.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/**
 * A language in which the C library of a child process says what has failed, on a machine that has
 * no language but English: writes the library's message catalogue.
 *
 * <p>GNU's C library looks for catalogues below {@code /usr/share/locale} only, but follows a
 * relative path that {@code LANGUAGE} names from there. The locale itself must exist and must not
 * be {@code C}; {@code C.UTF-8} is part of every such library.
 */
final class ForeignLocale {
  private static final int MAGIC = 0x950412de;
  private static final int HEADER_BYTES = 28;

  private ForeignLocale() {}

  /** Writes the catalogue, for the build: the tests are run once more with it. */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]));
  }

  /** Writes the catalogue; returns the environment of a process that is to use it. */
  static Map<String, String> write(Path folder) throws IOException {
    Path messages = Files.createDirectories(folder.resolve("LC_MESSAGES"));
    Files.write(messages.resolve("libc.mo"), catalogue());
    return Map.of("LC_ALL", "C.UTF-8", "LANGUAGE", "../../.." + folder.toAbsolutePath());
  }

  /** How an error is said in this language: no English word is left. */
  static String translated(Errno errno) {
    return "Übersetzt: " + new StringBuilder(errno.words()).reverse();
  }

  /** The format of GNU gettext: two tables of lengths and offsets, the strings, all sorted. */
  private static byte[] catalogue() {
    var texts = new TreeMap<String, String>(); // as all is ASCII, in the order of the bytes
    texts.put("", "Content-Type: text/plain; charset=UTF-8\n");
    for (Errno errno : Errno.values()) {
      texts.put(errno.words(), translated(errno));
    }
    var strings = new ArrayList<>(texts.keySet());
    strings.addAll(texts.values());
    int tables = HEADER_BYTES + 8 * strings.size();
    int bytes = tables;
    for (String string : strings) {
      bytes += string.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    var file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(MAGIC).putInt(0).putInt(texts.size());
    file.putInt(HEADER_BYTES).putInt(HEADER_BYTES + 8 * texts.size()); // of originals, translations
    file.putInt(0).putInt(0); // no hash table
    int offset = tables;
    for (String string : strings) {
      int length = string.getBytes(StandardCharsets.UTF_8).length;
      file.putInt(length).putInt(offset);
      offset += length + 1;
    }
    for (String string : strings) {
      file.put(string.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    }
    return file.array();
  }
}
