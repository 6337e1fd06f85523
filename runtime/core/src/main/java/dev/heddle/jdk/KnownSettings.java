package dev.heddle.jdk;

import dev.heddle.scheduler.events.HeddleEvents;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Flight Recorder in this JVM know our settings by name, for {@code jcmd PID JFR.start
 * settings=heddle}: the runtime's only bridge into the JDK.
 *
 * <p>JDK 25 looks a name up in a list, read once from its own folder {@code lib/jfr}, and takes it
 * for a path if it is not there. Nothing public adds to the list. So this does, if the JVM was
 * started with {@code --add-opens jdk.jfr/jdk.jfr.internal.jfc=ALL-UNNAMED}, as the launcher does;
 * without that flag nothing happens, and the settings need their path. What is added stays for
 * good, and refers to nothing of ours.
 */
public final class KnownSettings {
  private static final Logger LOG = LoggerFactory.getLogger(KnownSettings.class);
  private static final String PACKAGE = "jdk.jfr.internal.jfc";

  private static boolean added; // Guarded by the class.

  private KnownSettings() {}

  /** Adds the name {@code heddle}; does nothing the second time. Never fails. */
  public static synchronized void add() {
    Module jfr = HeddleEvents.ALL.getFirst().getSuperclass().getModule();
    if (added || !jfr.isOpen(PACKAGE, KnownSettings.class.getModule())) {
      return;
    }
    added = true;
    try {
      addToList();
    } catch (ReflectiveOperationException | IOException | RuntimeException e) {
      LOG.debug("settings=heddle needs its path here: {}", e.toString());
    }
  }

  private static void addToList() throws ReflectiveOperationException, IOException {
    Class<?> jfc = Class.forName(PACKAGE + ".JFC");
    Class<?> known = Class.forName(PACKAGE + ".JFC$KnownConfiguration");
    Method read = jfc.getDeclaredMethod("getKnownConfigurations");
    read.setAccessible(true);
    var list = new ArrayList<Object>((List<?>) read.invoke(null));
    var constructor = known.getDeclaredConstructor(Path.class);
    constructor.setAccessible(true);
    Method isNamed = known.getDeclaredMethod("isNamed", String.class);
    isNamed.setAccessible(true);
    for (Object settings : list) {
      if ((boolean) isNamed.invoke(settings, "heddle")) {
        return; // by another copy of this library in the JVM
      }
    }
    list.add(fromFile(constructor::newInstance));
    Field field = jfc.getDeclaredField("knownConfigurations");
    field.setAccessible(true);
    field.set(null, list); // A new list, as somebody may be walking along the old one.
  }

  private interface FromFile {
    Object read(Path file) throws ReflectiveOperationException;
  }

  /** The name is that of a file; its content is read at once, and the file not needed again. */
  private static Object fromFile(FromFile reader) throws ReflectiveOperationException, IOException {
    Path folder = Files.createTempDirectory("heddle");
    Path file = folder.resolve("heddle.jfc");
    try (InputStream settings = HeddleEvents.open()) {
      Files.copy(settings, file);
      return reader.read(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}
