#!/usr/bin/env bash
# A call of C that captures errno allocates until the JIT has compiled it; one with plain numbers does not.
#
# Guess:   a downcall handle is made once; calling close(2) by it allocates nothing, with errno or without.
# Saw:     interpreted, and in code of the first compiler, each call with Linker.Option.captureCallState("errno")
#          allocates (the segment for the state is sliced); the second compiler takes it away. The same call without
#          the option, with numbers only, allocates nothing. Code that must work in a full heap cannot ask for errno.
# Package: JDK, Temurin 25.0.3+9 (Linux), 2026-11-30
. "$(dirname "$0")/lib.sh"

program Captured <<'JAVA'
import com.sun.management.ThreadMXBean;
import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;

class Captured {
  static final Linker LINKER = Linker.nativeLinker();
  static final FunctionDescriptor TYPE = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  static final MethodHandle PLAIN = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("close"), TYPE);
  static final MethodHandle WITH_ERRNO =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("close"), TYPE, Linker.Option.captureCallState("errno"));
  static final MemorySegment STATE = Arena.global().allocate(Linker.Option.captureStateLayout());

  public static void main(String[] args) throws Throwable {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int sum = 0;
    for (int i = 0; i < 500; i++) { // what is made once
      sum += (int) PLAIN.invokeExact(-1) + (int) WITH_ERRNO.invokeExact(STATE, -1);
    }
    long start = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      sum += (int) PLAIN.invokeExact(-1);
    }
    long plain = threads.getCurrentThreadAllocatedBytes() - start;
    start = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      sum += (int) WITH_ERRNO.invokeExact(STATE, -1);
    }
    long captured = threads.getCurrentThreadAllocatedBytes() - start;
    System.out.println("plain allocates: " + (plain > 10_000) + ", with errno: " + (captured > 10_000));
    System.out.println("(bytes a call: " + plain / 1000 + " and " + captured / 1000 + ")");
  }
}
JAVA
java_run -Xint --enable-native-access=ALL-UNNAMED Captured >"$work/int" 2>&1 || true
java_run -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED Captured >"$work/c1" 2>&1 || true
{ sed 's/^/interpreted: /' "$work/int" && sed 's/^/first compiler: /' "$work/c1"; } >"$work/out"
seen "$work/out" '^interpreted: plain allocates: false, with errno: true' '^first compiler: plain allocates: false, with errno: true'
