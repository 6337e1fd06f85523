package dev.heddle.simulation.jdk;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes classes so that they call the hooks: each reading of the time, and the first instruction
 * of the methods that open what cannot be simulated.
 */
final class Weaver implements ClassFileTransformer {
  private static final Logger LOG = LoggerFactory.getLogger("dev.heddle.simulation");

  private static final ClassDesc HOOKS = ClassDesc.of("java.lang.HeddleHooks");
  private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
  private static final ClassDesc VM = ClassDesc.of("jdk.internal.misc.VM");
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final MethodTypeDesc THREAD_ID = MethodTypeDesc.of(CD_long, THREAD);
  private static final MethodTypeDesc READING = MethodTypeDesc.of(CD_long);
  private static final MethodTypeDesc ADJUSTMENT = MethodTypeDesc.of(CD_long, CD_long);

  /** What reads the time. A class whose bytes name none of them is left as it is. */
  private static final Set<String> READINGS =
      Set.of("nanoTime", "currentTimeMillis", "getNanoTimeAdjustment");

  /** What opens something, by class and method: how users call it. */
  private static final Map<String, Map<String, String>> OPENINGS =
      Map.of(
          "sun/nio/ch/Net",
          Map.of(
              "socket(Ljava/net/ProtocolFamily;Z)", "a real socket",
              "serverSocket(Ljava/net/ProtocolFamily;)", "a real server socket"),
          "sun/nio/ch/UnixDomainSockets",
          Map.of("socket()", "a real Unix domain socket"),
          "java/lang/ProcessImpl",
          Map.of(
              "start([Ljava/lang/String;Ljava/util/Map;Ljava/lang/String;"
                  + "[Ljava/lang/ProcessBuilder$Redirect;Z)",
              "a process"),
          "java/util/Timer",
          Map.of(
              "sched(Ljava/util/TimerTask;JJ)", "a timer of the JDK's, with a thread of its own"),
          "java/util/concurrent/ForkJoinPool",
          Map.of(
              "scheduleDelayedTask(Ljava/util/concurrent/DelayScheduler$ScheduledForkJoinTask;)",
              "a delay of the JDK's, with a thread of its own"));

  /** Not woven: what the JVM and the hooks themselves stand on, and the real clock of ours. */
  private static final List<String> LEFT =
      List.of(
          "java/lang/",
          "jdk/",
          "sun/",
          "com/sun/",
          "java/security/",
          "dev/heddle/scheduler/",
          "dev/heddle/simulation/jdk/");

  /** Adds the number of its thread to each seed. */
  private static final String RANDOM = "java/util/concurrent/ThreadLocalRandom";

  private volatile @Nullable String failure;

  /** Why a class that had to be changed was not; null if all were. */
  @Nullable String failure() {
    return failure;
  }

  // ---- which classes

  /** Whether a class that is loaded already has something to change. */
  boolean wants(Class<?> type) {
    if (type.isArray() || type.isPrimitive() || type.isHidden()) {
      return false;
    }
    String name = type.getName().replace('.', '/');
    if (OPENINGS.containsKey(name) || name.equals(RANDOM)) {
      return true;
    }
    if (!mayRead(name)) {
      return false;
    }
    try (InputStream in = resource(type, name + ".class")) {
      return in == null || names(in.readAllBytes());
    } catch (IOException e) {
      return true; // its bytes are looked at again
    }
  }

  private static @Nullable InputStream resource(Class<?> type, String name) throws IOException {
    ClassLoader loader = type.getClassLoader();
    Module module = type.getModule();
    InputStream in = module.isNamed() ? module.getResourceAsStream(name) : null;
    return in != null || loader == null ? in : loader.getResourceAsStream(name);
  }

  private static boolean mayRead(String name) {
    if (name.equals("java/lang/VirtualThread")) {
      return true;
    }
    for (String left : LEFT) {
      if (name.startsWith(left)) {
        return false;
      }
    }
    return true;
  }

  private static boolean names(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String reading : READINGS) {
      if (text.contains(reading)) {
        return true;
      }
    }
    return false;
  }

  // ---- changing them

  /**
   * Changes a class for nothing, so that all that changing wants is loaded: a class that it loaded
   * only when it is asked about that very class could not be loaded at all. For the same reason
   * what is asked about each class has loops and no streams.
   */
  void rehearse() throws IOException {
    for (String name : List.of("java/util/concurrent/CompletableFuture", "sun/nio/ch/Net")) {
      try (InputStream in = Object.class.getModule().getResourceAsStream(name + ".class")) {
        if (in != null) {
          var _ = transform(null, name, null, null, in.readAllBytes());
        }
      }
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (name == null) {
      return null;
    }
    Map<String, String> openings = OPENINGS.getOrDefault(name, Map.of());
    boolean reads = mayRead(name) && (names(bytes) || name.equals(RANDOM));
    if (openings.isEmpty() && !reads) {
      return null;
    }
    try {
      var resolver = ClassHierarchyResolver.defaultResolver();
      if (loader != null) {
        resolver = resolver.orElse(ClassHierarchyResolver.ofResourceParsing(loader));
      }
      ClassFile files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
      return files.transformClass(
          files.parse(bytes), (builder, element) -> weave(builder, element, name, openings));
    } catch (RuntimeException | LinkageError e) {
      failure = name.replace('/', '.') + ": " + e;
      LOG.warn("the readings of time in {} stay real", name.replace('/', '.'), e);
      return null;
    }
  }

  /** A class is initialized once for all runs: its readings there belong to none. */
  private static void weave(
      ClassBuilder builder, ClassElement element, String name, Map<String, String> openings) {
    if (!(element instanceof MethodModel method)
        || method.code().isEmpty()
        || method.methodName().equalsString("<clinit>")) {
      builder.with(element);
      return;
    }
    String type = method.methodType().stringValue();
    String opened =
        openings.get(method.methodName().stringValue() + type.substring(0, type.indexOf(')') + 1));
    CodeTransform readings = name.equals(RANDOM) ? Weaver::threadId : Weaver::reading;
    CodeTransform code =
        opened == null
            ? readings
            : new CodeTransform() {
              @Override
              public void atStart(CodeBuilder to) {
                to.ldc(opened)
                    .invokestatic(HOOKS, "opening", MethodTypeDesc.of(CD_void, CD_String));
              }

              @Override
              public void accept(CodeBuilder to, CodeElement instruction) {
                reading(to, instruction);
              }
            };
    builder.transformMethod(method, MethodTransform.transformingCode(code));
  }

  private static void threadId(CodeBuilder to, CodeElement element) {
    if (element instanceof InvokeInstruction call
        && call.owner().asSymbol().equals(THREAD)
        && call.name().equalsString("threadId")) {
      to.invokestatic(HOOKS, "threadId", THREAD_ID);
    } else {
      to.with(element);
    }
  }

  private static void reading(CodeBuilder to, CodeElement element) {
    switch (element) {
      case InvokeInstruction call
          when isReading(call.owner().asSymbol(), call.name().stringValue(), call.typeSymbol()) ->
          to.invokestatic(HOOKS, call.name().stringValue(), call.typeSymbol());
      case InvokeDynamicInstruction call
          when call.bootstrapArgs().stream().anyMatch(a -> !reading(a).equals(a)) -> {
        ConstantDesc[] arguments =
            call.bootstrapArgs().stream().map(Weaver::reading).toArray(ConstantDesc[]::new);
        to.invokedynamic(
            DynamicCallSiteDesc.of(
                call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), arguments));
      }
      default -> to.with(element);
    }
  }

  /** {@code System::nanoTime} becomes the hook; all else stays. */
  private static ConstantDesc reading(ConstantDesc argument) {
    return argument instanceof DirectMethodHandleDesc handle
            && isReading(
                handle.owner(),
                handle.methodName(),
                MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()))
        ? MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC, HOOKS, handle.methodName(), handle.invocationType())
        : argument;
  }

  private static boolean isReading(ClassDesc owner, String name, MethodTypeDesc type) {
    return owner.equals(SYSTEM)
        ? type.equals(READING) && READINGS.contains(name)
        : owner.equals(VM) && name.equals("getNanoTimeAdjustment") && type.equals(ADJUSTMENT);
  }

  // ---- what they call

  /**
   * A class in the package {@code java.lang} that asks the answers which {@link Hooks} puts into
   * its fields: no class of ours can be seen from there.
   */
  static byte[] hooks() {
    ClassDesc supplier = LongSupplier.class.describeConstable().orElseThrow();
    ClassDesc operator = LongUnaryOperator.class.describeConstable().orElseThrow();
    ClassDesc consumer = Consumer.class.describeConstable().orElseThrow();
    ClassDesc function = ToLongFunction.class.describeConstable().orElseThrow();
    int shared = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
    return ClassFile.of()
        .build(
            HOOKS,
            builder -> {
              builder
                  .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                  .withField("nanoTime", supplier, shared)
                  .withField("currentTimeMillis", supplier, shared)
                  .withField("nanosSince", operator, shared)
                  .withField("threadId", function, shared)
                  .withField("opening", consumer, shared);
              for (String reading : List.of("nanoTime", "currentTimeMillis")) {
                builder.withMethodBody(
                    reading,
                    READING,
                    shared,
                    code ->
                        code.getstatic(HOOKS, reading, supplier)
                            .invokeinterface(supplier, "getAsLong", READING)
                            .lreturn());
              }
              builder.withMethodBody(
                  "getNanoTimeAdjustment",
                  ADJUSTMENT,
                  shared,
                  code ->
                      code.getstatic(HOOKS, "nanosSince", operator)
                          .lload(0)
                          .invokeinterface(operator, "applyAsLong", ADJUSTMENT)
                          .dup2()
                          .loadConstant(Long.MIN_VALUE)
                          .lcmp()
                          .ifThen(
                              java.lang.classfile.Opcode.IFEQ,
                              real ->
                                  real.pop2()
                                      .lload(0)
                                      .invokestatic(VM, "getNanoTimeAdjustment", ADJUSTMENT))
                          .lreturn());
              builder.withMethodBody(
                  "threadId",
                  THREAD_ID,
                  shared,
                  code ->
                      code.getstatic(HOOKS, "threadId", function)
                          .aload(0)
                          .invokeinterface(
                              function, "applyAsLong", MethodTypeDesc.of(CD_long, CD_Object))
                          .lreturn());
              builder.withMethodBody(
                  "opening",
                  MethodTypeDesc.of(CD_void, CD_String),
                  shared,
                  code ->
                      code.getstatic(HOOKS, "opening", consumer)
                          .aload(0)
                          .invokeinterface(
                              consumer, "accept", MethodTypeDesc.of(CD_void, CD_Object))
                          .return_());
            });
  }
}
