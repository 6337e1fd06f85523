package dev.heddle.scheduler.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.scheduler.Latency;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
  @Test
  void everyValueFallsIntoABucketThatIsAtMostAnEighthWider() {
    var random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >>> 1 >>> random.nextInt(63);
      int bucket = LatencyHistogram.bucket(value);
      assertTrue(bucket < LatencyHistogram.BUCKETS);
      assertTrue(LatencyHistogram.highest(bucket) >= value);
      assertTrue(bucket == 0 || LatencyHistogram.highest(bucket - 1) < value);
      assertTrue(LatencyHistogram.highest(bucket) - value <= value / 8, "at " + value);
    }
  }

  @Test
  void theLargestValueHasTheLastBucket() {
    assertEquals(LatencyHistogram.BUCKETS - 1, LatencyHistogram.bucket(Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, LatencyHistogram.highest(LatencyHistogram.BUCKETS - 1));
  }

  @Test
  void quantilesAreThoseOfTheValuesToAnEighth() {
    var histogram = new LatencyHistogram();
    for (int i = 1; i <= 1000; i++) {
      histogram.record(1000L * i);
    }
    histogram.record(-5); // clocks of two processors: counts as nothing
    Latency latency = latency(histogram);
    assertEquals(1001, latency.count());
    assertNear(500_000, latency.p50Nanos());
    assertNear(900_000, latency.p90Nanos());
    assertNear(990_000, latency.p99Nanos());
    assertNear(999_000, latency.p999Nanos());
    assertNear(1_000_000, latency.maxNanos());
  }

  @Test
  void nothingMeasuredIsAllZero() {
    assertEquals(Latency.NONE, latency(new LatencyHistogram()));
  }

  private static Latency latency(LatencyHistogram histogram) {
    var counts = new long[LatencyHistogram.BUCKETS];
    histogram.addTo(counts);
    return LatencyHistogram.latency(counts);
  }

  private static void assertNear(long expected, long actual) {
    assertTrue(
        actual >= expected && actual <= expected + expected / 8, expected + " but " + actual);
  }
}
