package dev.heddle.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs the methods of {@link SimulatedTest}: a context for each seed, until one has failed. */
final class SimulatedTestExtension implements TestTemplateInvocationContextProvider {
  /** Made by JUnit. */
  SimulatedTestExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context.getRequiredTestMethod().isAnnotationPresent(SimulatedTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    SimulatedTest test = context.getRequiredTestMethod().getAnnotation(SimulatedTest.class);
    SimulationOptions options = options(test);
    Long wanted = Simulation.wantedSeed();
    var failed = new AtomicBoolean();
    if (wanted != null) {
      return Stream.of(new Run(wanted, Simulation.repeated(options).withLog(true), failed));
    }
    return LongStream.range(test.first(), test.first() + test.seeds())
        .takeWhile(_ -> !failed.get())
        .mapToObj(seed -> new Run(seed, options, failed));
  }

  private static SimulationOptions options(SimulatedTest test) {
    try {
      var made = test.options().getDeclaredConstructor();
      made.setAccessible(true);
      return made.newInstance().get();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot make the options of a simulated test", e);
    }
  }

  private record Run(long seed, SimulationOptions options, AtomicBoolean failed)
      implements TestTemplateInvocationContext, InvocationInterceptor, ParameterResolver {
    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Simulation.class;
    }

    /** There is none before the run begins, which gives it to the method. */
    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return null;
    }

    @Override
    public void interceptTestTemplateMethod(
        Invocation<@Nullable Void> invocation,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      invocation.skip(); // it is invoked by a task of the simulation
      Method body = method.getExecutable();
      body.setAccessible(true);
      Outcome outcome =
          Simulation.attempt(
              seed, options, sim -> invoke(body, context.getRequiredTestInstance(), sim));
      if (options.log()) {
        System.out.print(outcome.log());
      }
      if (outcome.failure() != null) {
        failed.set(true);
        throw new SimulationFailure(outcome);
      }
    }

    private static void invoke(Method body, Object instance, Simulation sim) throws Exception {
      try {
        body.invoke(instance, sim);
      } catch (InvocationTargetException e) {
        switch (e.getCause()) {
          case Exception cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw e;
        }
      }
    }
  }
}
