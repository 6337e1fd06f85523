package dev.heddle.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;

/**
 * Whether the process is short of file descriptors: what fails at that time fails for that, however
 * it looks. A class that cannot be loaded then seems to be missing.
 */
final class Descriptors {
  /** What is said of it, by a command that ends with {@link HeddleCommand#FAILED}. */
  static final String SHORT =
      "hardly any file descriptors are left; raise the limit of open files (ulimit -n)";

  private static final int FEW = 8;
  private static final String ANY_FILE = "/dev/null"; // where it is missing, so are such limits

  private Descriptors() {}

  /** Tries to have a few more. */
  static boolean areShort() {
    var opened = new ArrayList<FileInputStream>(FEW);
    try {
      while (opened.size() < FEW) {
        opened.add(new FileInputStream(ANY_FILE));
      }
      return false;
    } catch (IOException e) {
      return !opened.isEmpty() || new java.io.File(ANY_FILE).exists();
    } finally {
      for (FileInputStream file : opened) {
        close(file);
      }
    }
  }

  private static void close(FileInputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      // nothing was written
    }
  }
}
