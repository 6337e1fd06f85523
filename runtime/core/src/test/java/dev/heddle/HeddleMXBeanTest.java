package dev.heddle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

final class HeddleMXBeanTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void aRuntimeCanBeReadAndDumpedOverJmxWhileItIsOpen() throws Exception {
    var name = new ObjectName("dev.heddle:type=Heddle,name=seen");
    var end = new CountDownLatch(1);
    var builder = Heddle.builder().name("seen").processors(2).maxSpareCarriers(0);
    try (var heddle = builder.jmx(true).metrics(true).start()) {
      heddle.go("waits", end::await);
      while (!server.invoke(name, "dump", null, null).toString().contains("CountDownLatch.await")) {
        Thread.sleep(1);
      }
      assertEquals(2, server.getAttribute(name, "Processors"));
      assertEquals(1, server.getAttribute(name, "LiveTasks"));
      var metrics = (CompositeData) server.getAttribute(name, "Metrics");
      assertEquals("seen", metrics.get("name"));
      assertTrue((long) ((CompositeData) metrics.get("latency")).get("count") >= 1);
      assertEquals(2, ((CompositeData[]) metrics.get("perProcessor")).length);
      var states = (TabularData) server.invoke(name, "taskStates", null, null);
      assertEquals(1, states.get(new Object[] {"PARK"}).get("value"));
      end.countDown();
    }
    assertFalse(server.isRegistered(name));
  }

  @Test
  void runtimesOfTheSameNameAreNumbered() throws Exception {
    try (var first = Heddle.builder().name("twin").jmx(true).start();
        var second = Heddle.builder().name("twin").jmx(true).start()) {
      assertTrue(server.isRegistered(new ObjectName("dev.heddle:type=Heddle,name=twin")));
      assertTrue(server.isRegistered(new ObjectName("dev.heddle:type=Heddle,name=twin-2")));
      assertEquals(first.name(), second.name());
    }
  }

  @Test
  void aNameWithSignsOfItsOwnIsQuoted() throws Exception {
    try (var _ = Heddle.builder().name("a,b=c").jmx(true).start()) {
      assertTrue(server.isRegistered(new ObjectName("dev.heddle:type=Heddle,name=\"a,b=c\"")));
    }
  }

  @Test
  void aRuntimeIsNotSeenUnlessAskedFor() throws Exception {
    try (var _ = Heddle.builder().name("unseen").start()) {
      assertFalse(server.isRegistered(new ObjectName("dev.heddle:type=Heddle,name=unseen")));
    }
  }
}
