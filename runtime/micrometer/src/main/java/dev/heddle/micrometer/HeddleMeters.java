package dev.heddle.micrometer;

import dev.heddle.Heddle;
import dev.heddle.Metric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The figures of a runtime as Micrometer's meters: gauges and counters with the names of {@link
 * Heddle#figures}, dots in the place of underscores.
 *
 * {@snippet :
 * new HeddleMeters(heddle).bindTo(registry);
 * }
 *
 * <p>A registry reads its meters one by one. All that it reads within a tenth of a second come from
 * one look at the runtime, so a scrape costs one. Thread-safe. The registry keeps the binder, and
 * by it the runtime; after the runtime's end the meters stay at what they were.
 */
public final class HeddleMeters implements MeterBinder {
  private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

  private final Heddle heddle;
  private List<Metric> figures; // guarded by this
  private long takenNanos; // guarded by this

  /** The meters of a runtime. */
  public HeddleMeters(Heddle heddle) {
    this.heddle = Objects.requireNonNull(heddle, "heddle");
    this.figures = heddle.figures();
    this.takenNanos = System.nanoTime();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (int i = 0; i < figures().size(); i++) {
      bind(registry, i);
    }
  }

  private void bind(MeterRegistry registry, int index) {
    Metric figure = figures().get(index);
    String name = figure.name().replace('_', '.');
    List<Tag> tags =
        figure.labels().entrySet().stream().map(l -> Tag.of(l.getKey(), l.getValue())).toList();
    switch (figure.kind()) {
      case GAUGE ->
          Gauge.builder(name, this, meters -> meters.value(index))
              .description(figure.help())
              .tags(tags)
              .strongReference(true)
              .register(registry);
      case COUNTER ->
          FunctionCounter.builder(name, this, meters -> meters.value(index))
              .description(figure.help())
              .tags(tags)
              .register(registry);
    }
  }

  private double value(int index) {
    return figures().get(index).value();
  }

  private synchronized List<Metric> figures() {
    long now = System.nanoTime();
    if (now - takenNanos > FRESH_NANOS) {
      figures = heddle.figures();
      takenNanos = now;
    }
    return figures;
  }
}
