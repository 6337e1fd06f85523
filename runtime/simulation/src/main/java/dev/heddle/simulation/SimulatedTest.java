package dev.heddle.simulation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Supplier;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test that is run inside of simulations, once for each seed; its method has one parameter,
 * the {@link Simulation}. The seed is in the name of each run, and the first that fails is the last
 * that is run. {@code -Dheddle.seed=N} runs that one alone, and writes its log to standard output.
 *
 * <pre>{@code
 * @SimulatedTest(seeds = 1000)
 * void repliesComeInOrder(Simulation sim) throws Exception { … }
 * }</pre>
 *
 * <p>Methods that set up and tear down run outside of the simulation.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulatedTestExtension.class)
public @interface SimulatedTest {
  /** How many seeds are run, from {@link #first} on. */
  int seeds() default 100;

  /** The first seed. */
  long first() default 1;

  /** Makes the options; a class with a constructor that has no parameters. */
  Class<? extends Supplier<SimulationOptions>> options() default Defaults.class;

  /** The default options. */
  final class Defaults implements Supplier<SimulationOptions> {
    /** Made by JUnit's extension. */
    public Defaults() {}

    @Override
    public SimulationOptions get() {
      return SimulationOptions.DEFAULT;
    }
  }
}
