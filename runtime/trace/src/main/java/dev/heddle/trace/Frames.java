package dev.heddle.trace;

import java.util.List;

/** Finds, in a stack as text, the frames that people look for: their own. */
final class Frames {
  private static final List<String> NOT_THEIRS =
      List.of(
          "java.",
          "jdk.",
          "sun.",
          "javax.",
          "dev.heddle.netio.",
          "dev.heddle.scheduler.",
          "dev.heddle.Heddle.",
          "dev.heddle.Heddle$",
          "dev.heddle.sockets.");

  private Frames() {}

  /** The innermost frame of the user's own code, or the innermost of all; empty for no stack. */
  static String own(String stack) {
    return stack
        .lines()
        .map(Frames::plain)
        .filter(frame -> !frame.isEmpty() && NOT_THEIRS.stream().noneMatch(frame::startsWith))
        .findFirst()
        .orElseGet(() -> innermost(stack));
  }

  static String innermost(String stack) {
    return stack.lines().map(Frames::plain).filter(f -> !f.isEmpty()).findFirst().orElse("");
  }

  /**
   * What the user's code called: the JDK's outermost frame that has a meaning of its own, such as
   * {@code java.io.FileInputStream.read}. Empty if the innermost frame is the user's.
   */
  static String call(String stack) {
    String call = "";
    for (String line : stack.lines().map(Frames::plain).filter(f -> !f.isEmpty()).toList()) {
      if (NOT_THEIRS.stream().noneMatch(line::startsWith)) {
        break;
      }
      call = line;
    }
    int bracket = call.indexOf('(');
    return bracket < 0 ? call : call.substring(0, bracket);
  }

  /** Native methods that compute, give way, or are the runtime's own, and block nobody. */
  private static final List<String> NOT_BLOCKING =
      List.of(
          "jdk.internal.misc.Unsafe.",
          "jdk.internal.vm.Continuation",
          "jdk.jfr.",
          "java.lang.Object.",
          "java.lang.System.arraycopy",
          "java.lang.Thread.onSpinWait",
          "java.lang.VirtualThread.",
          "dev.heddle.");

  /** Whether the innermost frame is a native method that may wait in a system call. */
  static boolean isInNativeCall(String stack) {
    String frame = innermost(stack);
    return frame.endsWith("(Native Method)") && NOT_BLOCKING.stream().noneMatch(frame::startsWith);
  }

  /** Class and method of a frame, without its line; empty if it is none. */
  static String method(String frame) {
    int end = frame.indexOf('(');
    end = end < 0 ? frame.lastIndexOf(':') : end;
    return end < 0 ? frame : frame.substring(0, end);
  }

  /** Whether a method is in a stack. */
  static boolean has(String stack, String method) {
    return stack.lines().map(Frames::plain).map(Frames::method).anyMatch(method::equals);
  }

  /** A frame without "at ", module and version. */
  static String plain(String line) {
    String frame = line.strip();
    frame = frame.startsWith("at ") ? frame.substring(3) : frame;
    int slash =
        frame.lastIndexOf(
            '/', Math.max(0, frame.indexOf('(') < 0 ? frame.length() : frame.indexOf('(')));
    return slash < 0 ? frame : frame.substring(slash + 1);
  }
}
