package dev.heddle.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The disk of a simulated host: files of lines. What was appended and not synced is lost when the
 * power fails, in whole lines from the end.
 */
public final class Disk {
  private static final class File {
    final List<String> lines = new ArrayList<>();
    int synced;
  }

  private final TreeMap<String, File> files = new TreeMap<>();

  Disk() {}

  /** Appends a line to a file, and makes the file if there is none. It is not on the disk yet. */
  public void append(String file, String line) {
    files.computeIfAbsent(file, _ -> new File()).lines.add(line);
  }

  /** Brings what was appended to a file to the disk. */
  public void sync(String file) {
    File known = files.get(file);
    if (known != null) {
      known.synced = known.lines.size();
    }
  }

  /** The lines of a file, synced or not; none if there is no such file. */
  public List<String> lines(String file) {
    File known = files.get(file);
    return known == null ? List.of() : List.copyOf(known.lines);
  }

  void crash() {
    for (File file : files.values()) {
      file.lines.subList(file.synced, file.lines.size()).clear();
    }
  }
}
