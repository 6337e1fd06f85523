package dev.heddle.scheduler.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.heddle.scheduler.jdk.VirtualThreads;
import dev.heddle.scheduler.spi.Poller;
import dev.heddle.scheduler.spi.SchedulerOptions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CarrierLocalTest {
  private static final CarrierLocal<Object> FIRST = new CarrierLocal<>(Object::new);
  private static final CarrierLocal<Object> SECOND = new CarrierLocal<>(Object::new);

  @Test
  void threadsThatAreNoCarriersOfOursHaveNone() throws Exception {
    assertNull(FIRST.get());
    var stock = new FutureTask<>(FIRST::get);
    Thread.startVirtualThread(stock);
    assertNull(stock.get());
  }

  @Test
  void eachCarrierHasOneValueWhicheverTaskAsks() throws Exception {
    var byCarrier = new ConcurrentHashMap<Thread, Object>();
    var options = SchedulerOptions.DEFAULT.withName("local").withProcessors(3);
    try (var scheduler = Scheduler.start(options, Poller.none())) {
      var tasks = new java.util.ArrayList<FutureTask<Void>>();
      for (int i = 0; i < 1000; i++) {
        var task =
            new FutureTask<Void>(
                () -> {
                  Object value = FIRST.get();
                  assertSame(value, FIRST.get());
                  assertNotSame(value, SECOND.get());
                  Object known = byCarrier.putIfAbsent(VirtualThreads.currentCarrier(), value);
                  assertSame(value, known == null ? value : known);
                  return null;
                });
        tasks.add(task);
        scheduler.spawn(null, task);
      }
      for (var task : tasks) {
        task.get();
      }
    }
    assertEquals(byCarrier.size(), byCarrier.values().stream().distinct().count());
  }
}
