package dev.heddle.simulation.jdk;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Puts hooks into the classes of this JVM: where they read the time, and where they open what
 * cannot be simulated.
 *
 * <p>The JDK's timed waits compare a deadline with {@link System#nanoTime}, which is a native
 * method: nothing can stand in its place. So its callers are changed, when they are loaded or
 * afterwards, to call the hooks instead: a class of ours in the package {@code java.lang}, where
 * all of them see it. The JVM changes classes for agents only, and lets an executable jar bring its
 * own: what starts that agent also takes one of ours, without a flag that names a jar.
 *
 * <p>The hooks stay for the life of the JVM. For threads that no simulation runs they answer what
 * the JDK answers.
 */
public final class Hooks {
  /** What lets us in. */
  public static final String FLAG = "--add-exports java.instrument/sun.instrument=";

  /** What the hooks call. Methods are called by any thread, at any time. */
  public interface Answers {
    /** In the place of {@link System#nanoTime}. */
    long nanoTime();

    /** In the place of {@link System#currentTimeMillis}. */
    long currentTimeMillis();

    /**
     * In the place of the clock behind {@link java.time.Instant#now}: nanoseconds since a second of
     * the epoch; {@link Long#MIN_VALUE} if the JDK is to answer.
     */
    long nanosSince(long epochSecond);

    /** What thread-local random numbers add to each seed: the number of the thread. */
    long threadId(Thread thread);

    /** Something is about to be opened that cannot be simulated. Throws what is to happen then. */
    void opening(String what);
  }

  private static boolean installed; // guarded by the class
  private static @Nullable String missing; // guarded by the class
  private static volatile @Nullable Instrumentation instrumentation; // set by our agent

  private Hooks() {}

  /** The agent has started. */
  static void started(Instrumentation with) {
    instrumentation = with;
  }

  /**
   * Puts the hooks in, the first time. Blocks, for some hundred milliseconds.
   *
   * @return null if they are in; else why not, for users
   */
  public static synchronized @Nullable String install(Answers answers) {
    if (!installed) {
      installed = true;
      missing = tryInstall(answers);
    }
    return missing;
  }

  private static @Nullable String tryInstall(Answers answers) {
    try {
      Class<?> hooks =
          MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
              .defineClass(Weaver.hooks());
      hooks.getField("nanoTime").set(null, (LongSupplier) answers::nanoTime);
      hooks.getField("currentTimeMillis").set(null, (LongSupplier) answers::currentTimeMillis);
      hooks.getField("nanosSince").set(null, (LongUnaryOperator) answers::nanosSince);
      hooks.getField("threadId").set(null, (ToLongFunction<Thread>) answers::threadId);
      hooks.getField("opening").set(null, (Consumer<String>) answers::opening);
      Instrumentation with = startAgent();
      if (with == null) {
        return "the JVM starts no agent";
      }
      var weaver = new Weaver();
      weaver.rehearse();
      with.addTransformer(weaver, true);
      with.retransformClasses(
          Arrays.stream(with.getAllLoadedClasses())
              .filter(type -> weaver.wants(type) && with.isModifiableClass(type))
              .toArray(Class<?>[]::new));
      return weaver.failure();
    } catch (IllegalAccessException e) {
      Module own = Hooks.class.getModule();
      return "the JVM has no flag " + FLAG + (own.isNamed() ? own.getName() : "ALL-UNNAMED");
    } catch (InvocationTargetException e) {
      return "the JVM starts no agent: " + e.getCause();
    } catch (ReflectiveOperationException
        | IOException
        | UnmodifiableClassException
        | RuntimeException
        | LinkageError e) {
      return "Java " + Runtime.version() + " takes no hooks: " + e;
    }
  }

  /** Starts our agent as the JDK's launcher starts that of an executable jar. */
  private static @Nullable Instrumentation startAgent()
      throws ReflectiveOperationException, IOException {
    var manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(new Attributes.Name("Launcher-Agent-Class"), HookAgent.class.getName());
    attributes.put(new Attributes.Name("Can-Retransform-Classes"), "true");
    Path jar = Files.createTempFile("heddle-simulation-", ".jar");
    try {
      try (OutputStream out = Files.newOutputStream(jar);
          var entries = new JarOutputStream(out, manifest)) {
        entries.finish(); // the manifest is all that is in it
      }
      Class.forName("sun.instrument.InstrumentationImpl")
          .getMethod("loadAgent", String.class)
          .invoke(null, jar.toString());
    } finally {
      Files.delete(jar);
    }
    return instrumentation;
  }
}
