package dev.heddle.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Heddle;
import dev.heddle.Metric;
import dev.heddle.testing.Waits;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The figures as a registry sees them. */
final class HeddleMetersTest {
  private final Heddle heddle =
      Heddle.builder().name("metered").processors(2).metrics(true).start();

  @AfterEach
  void closes() {
    heddle.close();
  }

  @Test
  void everyFigureIsAMeterWithItsLabels() {
    var registry = new SimpleMeterRegistry();
    new HeddleMeters(heddle).bindTo(registry);
    var expected =
        heddle.figures().stream()
            .map(f -> f.name().replace('_', '.') + f.labels())
            .collect(Collectors.toSet());
    assertEquals(
        expected,
        registry.getMeters().stream().map(HeddleMetersTest::key).collect(Collectors.toSet()));
    assertEquals(heddle.figures().size(), expected.size());
  }

  private static String key(Meter meter) {
    var labels =
        meter.getId().getTags().stream()
            .collect(Collectors.toMap(t -> t.getKey(), t -> t.getValue()));
    return meter.getId().getName() + java.util.Map.copyOf(labels);
  }

  @Test
  void valuesFollowTheRuntime() {
    var registry = new SimpleMeterRegistry();
    new HeddleMeters(heddle).bindTo(registry);
    var release = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      heddle.go(release::await);
    }
    var live = registry.get("heddle.tasks.live").tag("runtime", "metered").gauge();
    Waits.until("three tasks are seen", () -> live.value() == 3);
    var parked = registry.get("heddle.tasks").tag("state", "park").gauge();
    Waits.until("all of them parked", () -> parked.value() == 3);
    release.countDown();
    Waits.until("they have ended", () -> live.value() == 0);
    var slices = registry.get("heddle.slices").functionCounter();
    Waits.until("each has begun and resumed", () -> slices.count() >= 6);
    assertEquals(2, registry.get("heddle.processors").gauge().value());
  }

  @Test
  void connectionsOfServersAreCounted() throws Exception {
    var registry = new SimpleMeterRegistry();
    new HeddleMeters(heddle).bindTo(registry);
    var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var server = heddle.serve(listener, conn -> conn.close());
    var accepted = registry.get("heddle.server.accepted").functionCounter();
    var dormant = registry.get("heddle.server.connections").tag("state", "dormant").gauge();
    try (var _ = heddle.dial(listener.localAddress())) {
      Waits.until("it is dormant", () -> dormant.value() == 1);
      Waits.until("it is accepted", () -> accepted.count() == 1);
    }
    Waits.until("it has ended", () -> dormant.value() == 0);
    server.close();
  }

  @Test
  void socketsAreCounted() throws Exception {
    var registry = new SimpleMeterRegistry();
    new HeddleMeters(heddle).bindTo(registry);
    var open = registry.get("heddle.sockets.open").gauge();
    var listener = heddle.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Waits.until("the listener is seen", () -> open.value() == 1);
    listener.close();
    Waits.until("it is closed", () -> open.value() == 0);
  }

  /** Prometheus wants the same labels in every meter of a name, and refuses what differs. */
  @Test
  void prometheusTakesThem() {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new HeddleMeters(heddle).bindTo(registry);
    String scraped = registry.scrape();
    for (Metric figure : heddle.figures()) {
      assertTrue(scraped.contains("\n" + figure.name()), figure.name() + " is not in " + scraped);
    }
  }

  @Test
  void afterTheEndTheMetersCanStillBeRead() {
    var registry = new SimpleMeterRegistry();
    new HeddleMeters(heddle).bindTo(registry);
    heddle.close();
    Waits.until("no task is live", () -> registry.get("heddle.tasks.live").gauge().value() == 0);
    registry
        .getMeters()
        .forEach(meter -> meter.measure().forEach(m -> assertTrue(m.getValue() >= 0)));
  }
}
