#!/usr/bin/env bash
# The 128th call of a method handle takes kilobytes of heap, once, and can be what fails when memory is short.
#
# Guess:   a method handle costs memory when it is made and at its first call; a getter's invokeExact allocates nothing
#          from the second call on, so it is safe where an OutOfMemoryError must not happen.
# Saw:     the JDK counts the calls of each handle that the JIT has not folded in, and compiles a class for it after 127
#          (-Djava.lang.invoke.MethodHandle.CUSTOMIZE_THRESHOLD): that call allocates tens of kilobytes in the caller,
#          and the next ones none. With a full heap it throws, and so does each call after it, as it is tried again.
#          VarHandles do not do so.
# Package: JDK, Temurin 25.0.3+9, 2026-11-30
. "$(dirname "$0")/lib.sh"

program Customized <<'JAVA'
import com.sun.management.ThreadMXBean;
import java.lang.invoke.*;
import java.lang.management.ManagementFactory;

class Customized {
  int value = 1;

  public static void main(String[] args) throws Throwable {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var lookup = MethodHandles.lookup();
    MethodHandle getter = lookup.findGetter(Customized.class, "value", int.class);
    VarHandle field = lookup.findVarHandle(Customized.class, "value", int.class);
    var it = new Customized();
    long[] byHandle = new long[200];
    long[] byVar = new long[200];
    int sum = 0;
    for (int i = 0; i < 200; i++) {
      long start = threads.getCurrentThreadAllocatedBytes();
      sum += (int) getter.invokeExact(it);
      byHandle[i] = threads.getCurrentThreadAllocatedBytes() - start;
      start = threads.getCurrentThreadAllocatedBytes();
      sum += (int) field.getVolatile(it);
      byVar[i] = threads.getCurrentThreadAllocatedBytes() - start;
    }
    print("method handle", byHandle);
    print("VarHandle", byVar);
  }

  static void print(String what, long[] bytes) {
    var calls = new StringBuilder();
    for (int i = 10; i < bytes.length; i++) { // the first ones link the call
      if (bytes[i] > 1000) {
        calls.append(" ").append(i + 1);
      }
    }
    System.out.println(what + ": calls from the 11th on that took over 1000 bytes:" + (calls.isEmpty() ? " none" : calls));
  }
}
JAVA
java_run -Xint Customized >"$work/out" 2>&1 || true
seen "$work/out" '^method handle: .* bytes: 128$' '^VarHandle: .* bytes: none$'
