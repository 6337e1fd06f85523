#!/usr/bin/env bash
# With no file descriptor left a class of the class path is reported as missing.
#
# Guess:   a JVM that runs out of descriptors says "Too many open files".
# Saw:     with all descriptors in use, the first use of a class in a folder of the class path is a NoClassDefFoundError
#          with a ClassNotFoundException as its cause, and neither names the limit. The message sends one to look for
#          a class that is there. Only the JDK's own files say "Too many open files".
# Package: JDK, Temurin 25.0.3+9 (Linux), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Few <<'JAVA'
import java.io.*;
import java.util.*;

class Few {
  public static void main(String[] args) throws Exception {
    List<InputStream> all = new ArrayList<>();
    try {
      while (true) {
        all.add(new FileInputStream("/dev/null"));
      }
    } catch (FileNotFoundException e) {
      System.out.println("all used: " + e.getMessage());
    }
    try {
      System.out.println(Use.first());
    } catch (NoClassDefFoundError e) {
      var text = new StringWriter();
      e.printStackTrace(new PrintWriter(text));
      System.out.println("the class: " + e + ", cause " + e.getCause().getClass().getSimpleName()
          + (text.toString().contains("open files") ? ", which names the limit" : ", nothing names the limit"));
    }
  }

  static class Use {
    static Object first() {
      return "used";
    }
  }
}
JAVA
(ulimit -n 64 && java_run Few) >"$work/out" 2>&1 || true
seen "$work/out" '^all used: .*Too many open files' '^the class: java.lang.NoClassDefFoundError: Few\$Use, cause ClassNotFoundException, nothing names the limit'
