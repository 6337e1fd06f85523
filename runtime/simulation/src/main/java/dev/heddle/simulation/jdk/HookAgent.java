package dev.heddle.simulation.jdk;

import java.lang.instrument.Instrumentation;

/** The agent by which the JVM hands out its means of changing classes. */
public final class HookAgent {
  private HookAgent() {}

  /** The JVM calls it, as the manifest says that {@link Hooks} writes. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    Hooks.started(instrumentation);
  }
}
