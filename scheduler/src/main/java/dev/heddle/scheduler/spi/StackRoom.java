package dev.heddle.scheduler.spi;

import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.heddle.scheduler.events.TracedThread;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;

/**
 * Whether the stack of the calling thread has room for a change that must not break off half-way.
 *
 * <p>Tasks enter what they share with others on their own stack, and a task that recurses without
 * end enters it with hardly any stack left. A {@link StackOverflowError} can come of any call. So
 * whoever changes something shared in more than one step does one of these:
 *
 * <ol>
 *   <li>It makes its calls first and its writes last, and no write is a call: fields, array
 *       elements, or one compare-and-set.
 *   <li>It asks here before its first step, where that costs little beside what follows.
 *   <li>It notes what is left undone, which takes no call, and sysmon does it on its own stack.
 * </ol>
 *
 * <p>The question takes 2 ns for each half kilobyte. The JVM looks at the whole frame of a method
 * when it is entered, however little of it is used; so here is a method with a large frame that
 * does nothing but call itself. Its frame is large for the interpreter as it names a high local
 * variable, and for the JIT as it has many arguments to pass, to a method that it hardly ever
 * calls. The training makes the JIT see that call, which it would leave out otherwise. Both methods
 * are too long to be inlined, so no caller's frame grows. Their code is made here, as no compiler
 * writes such a method from a few lines.
 *
 * <p>Rejected: catching the error and putting right what was changed. What does so makes calls too.
 *
 * <p>Thread-safe; nothing here blocks.
 */
public final class StackRoom {
  /** 6 KiB of compiled frames, more of interpreted ones: for waking a thread. */
  private static final int FOR_A_WAKEUP = 12;

  /** 2 KiB: for a change of a queue, or for the way out of a lock. */
  private static final int FOR_A_STEP = 4;

  private static final int RARELY = -1;
  private static final int ARGUMENTS = 60;
  private static final int LOCAL = 2 * ARGUMENTS;
  private static final int TOO_LONG_TO_INLINE = 400; // bytes; the JIT's limit is 325
  private static final int TRAINING = 2_000; // calls, so that the JIT has seen them
  private static final int RARE = 100;

  private static final MethodHandle DEEPEN;

  static {
    try {
      DEEPEN = define();
      for (int i = 1; i <= TRAINING; i++) {
        DEEPEN.invokeExact(i % RARE == 0 ? RARELY : FOR_A_WAKEUP);
      }
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private StackRoom() {}

  /** Does nothing but load this class: a full stack has no room for that. */
  public static void load() {}

  /**
   * Returns if there is room to wake a thread, or to close a descriptor. A carrier and sysmon have
   * it on their own stacks.
   *
   * @throws StackOverflowError if there is not
   */
  public static void requireForWakeup() {
    if (!(Thread.currentThread() instanceof TracedThread)) {
      require(FOR_A_WAKEUP);
    }
  }

  /** Whether there is room to wake a thread, or to close a descriptor. */
  public static boolean hasForWakeup() {
    try {
      requireForWakeup();
      return true;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  /**
   * Returns if there is room for a few calls that lead to no others. A carrier and sysmon have it
   * on their own stacks.
   *
   * @throws StackOverflowError if there is not
   */
  public static void requireForStep() {
    if (!(Thread.currentThread() instanceof TracedThread)) {
      require(FOR_A_STEP);
    }
  }

  private static void require(int levels) {
    try {
      DEEPEN.invokeExact(levels);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  // ---- the code

  private static MethodHandle define() throws ReflectiveOperationException {
    var name = ClassDesc.of(StackRoom.class.getPackageName(), "Deep");
    var deepen = MethodTypeDesc.of(CD_void, CD_int);
    var wide = MethodTypeDesc.of(CD_void, Collections.nCopies(ARGUMENTS, CD_long));
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type ->
                    type.withMethodBody(
                            "deepen", deepen, ACC_STATIC, code -> deepen(code, name, deepen, wide))
                        .withMethodBody("wide", wide, ACC_STATIC, code -> nothing(code).return_()));
    var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
    return lookup.findStatic(
        lookup.lookupClass(), "deepen", MethodType.methodType(void.class, int.class));
  }

  /** {@code if (levels < 0) wide(0, …, 0); else if (levels != 0) deepen(levels - 1);} */
  private static void deepen(
      CodeBuilder code, ClassDesc owner, MethodTypeDesc deepen, MethodTypeDesc wide) {
    var rarely = code.newLabel();
    var end = code.newLabel();
    code.lconst_0().lstore(LOCAL);
    code.iload(0).iflt(rarely);
    code.iload(0).ifeq(end);
    code.iload(0).iconst_1().isub().invokestatic(owner, "deepen", deepen);
    code.labelBinding(end).return_();
    code.labelBinding(rarely);
    for (int i = 0; i < ARGUMENTS; i++) {
      code.lconst_0();
    }
    nothing(code).invokestatic(owner, "wide", wide).return_();
  }

  private static CodeBuilder nothing(CodeBuilder code) {
    for (int i = 0; i < TOO_LONG_TO_INLINE; i++) {
      code.nop();
    }
    return code;
  }
}
