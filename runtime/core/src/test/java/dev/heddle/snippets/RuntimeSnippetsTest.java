package dev.heddle.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.FlightRecorderOptions;
import dev.heddle.Heddle;
import dev.heddle.HeddleMXBean;
import dev.heddle.Metric;
import dev.heddle.ScheduledTask;
import dev.heddle.Trace;
import dev.heddle.net.HeddleServerSocketFactory;
import dev.heddle.net.HeddleSocketFactory;
import dev.heddle.scheduler.Latency;
import dev.heddle.scheduler.MissingFlagException;
import dev.heddle.scheduler.Nanos;
import dev.heddle.scheduler.Printable;
import dev.heddle.scheduler.ProcessorState;
import dev.heddle.scheduler.SchedulerMetrics;
import dev.heddle.scheduler.TaskDump;
import dev.heddle.scheduler.TaskState;
import dev.heddle.scheduler.UnsuitableJvmException;
import dev.heddle.testing.Waits;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of the runtime and of the scheduler: each region is shown there. */
final class RuntimeSnippetsTest {
  @Test
  void aRuntimeIsSetUp() {
    // @start region="builder"
    try (var heddle =
        Heddle.builder().name("shop").processors(4).grace(Duration.ofSeconds(10)).start()) {
      System.out.println(heddle.name() + " runs on " + heddle.processors() + " processors");
      // @end
      assertEquals("shop", heddle.name());
      assertEquals(4, heddle.processors());
    }
  }

  @Test
  void bodiesThrowWhatTheyLike(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("old"));
    try (var heddle = Heddle.start()) {
      // @start region="throwing"
      Thread task = heddle.go(() -> Files.delete(file)); // an IOException is logged
      task.join();
      // @end
    }
    assertTrue(Files.notExists(file));
  }

  @Test
  void programsMarkWhatTheyDo() throws Exception {
    var total = new AtomicInteger();
    try (var heddle = Heddle.start()) {
      heddle
          .go(
              () -> {
                // @start region="trace"
                try (var _ = Trace.task("request")) {
                  total.addAndGet(Trace.region("add up", () -> 3 + 4));
                  Trace.log("the total is " + total);
                }
                // @end
              })
          .join();
    }
    assertEquals(7, total.get());
  }

  @Test
  void theLastMomentsAreWritten(@TempDir Path folder) throws Exception {
    // @start region="flight-recorder"
    var options = FlightRecorderOptions.of(folder).withLongSpan(Duration.ofMillis(500));
    try (var heddle = Heddle.builder().flightRecorder(options).start()) {
      Path trace = heddle.dumpTrace(); // for ./heddle trace summary
      // @end
      assertTrue(Files.size(trace) > 0);
    }
  }

  @Test
  void tasksStartLater() throws Exception {
    try (var heddle = Heddle.start()) {
      // @start region="scheduled"
      var ticks = new CountDownLatch(3);
      ScheduledTask ticker = heddle.every(Duration.ofMillis(10), ticks::countDown);
      ticks.await();
      ticker.cancel();
      // @end
      assertEquals(0, ticks.getCount());
    }
  }

  @Test
  void blockingCallsHandTheProcessorOn(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "content");
    var read = new AtomicInteger();
    try (var heddle = Heddle.start()) {
      // @start region="blocking"
      Thread task =
          heddle.go(
              () -> {
                byte[] bytes = heddle.blocking(() -> Files.readAllBytes(file));
                read.set(bytes.length);
              });
      task.join();
      // @end
    }
    assertEquals(7, read.get());
  }

  @Test
  void metricsCount() {
    try (var heddle = Heddle.builder().metrics(true).start()) {
      Waits.join(heddle.go(() -> {}));
      // @start region="metrics"
      SchedulerMetrics metrics = heddle.metrics();
      System.out.println(metrics.liveTasks() + " tasks on " + metrics.busyCarriers() + " carriers");
      // @end
      // @start region="latency"
      Latency latency = heddle.metrics().latency(); // with Heddle.builder().metrics(true)
      System.out.println("99 % of the tasks ran within " + Nanos.format(latency.p99Nanos()));
      // @end
      // @start region="figures"
      for (Metric figure : heddle.figures()) {
        System.out.println(figure.name() + figure.labels() + " " + figure.value());
      }
      System.out.print(heddle.openMetrics()); // the same, as Prometheus scrapes it
      // @end
      // @start region="processors"
      long busy =
          heddle.metrics().perProcessor().stream()
              .filter(processor -> processor.state() == ProcessorState.RUNNING)
              .count();
      System.out.println(busy + " of " + heddle.processors() + " processors are in a task");
      // @end
      assertTrue(latency.count() > 0);
      assertEquals(heddle.processors(), metrics.processors());
    }
  }

  @Test
  void dumpsSayWhatTasksWaitFor() {
    var end = new CountDownLatch(1);
    try (var heddle = Heddle.start()) {
      heddle.go("waits", end::await);
      Waits.until("it waits", () -> heddle.taskStates().get(TaskState.PARK) == 1);
      // @start region="states"
      int waiting = heddle.taskStates().get(TaskState.IO_READ);
      System.out.println(waiting + " tasks wait for input");
      // @end
      // @start region="dump"
      TaskDump dump = heddle.dump();
      for (TaskDump.Group group : dump.groups()) {
        System.out.println(group.tasks().size() + " tasks: " + group.state());
      }
      System.out.println(dump); // all of it, for people
      // @end
      // @start region="task"
      heddle.dump().tasks().stream()
          .filter(task -> task.state() == TaskState.PARK)
          .forEach(task -> System.out.println(task.name() + " is parked on " + task.waitsFor()));
      // @end
      assertEquals("waits", dump.tasks().getFirst().name());
      end.countDown();
    }
  }

  @Test
  void timesAndTextArePrinted() {
    // @start region="nanos"
    assertEquals("12.3 ms", Nanos.format(12_300_000));
    // @end
    // @start region="printable"
    assertEquals("a\\nforged line", Printable.text("a\nforged line"));
    // @end
  }

  @Test
  void aMissingFlagIsNamed() {
    // @start region="flags"
    try (var heddle = Heddle.start()) {
      System.out.println("it runs on " + heddle.processors() + " processors");
    } catch (MissingFlagException e) {
      System.err.println("add " + String.join(" ", e.flags()));
    } catch (UnsuitableJvmException e) {
      System.err.println(e.getMessage());
    }
    // @end
    assertEquals(List.of("--a"), new MissingFlagException(List.of("--a"), null).flags());
  }

  @Test
  void aRuntimeIsSeenInJmx() throws Exception {
    // @start region="bean"
    try (var _ = Heddle.builder().name("shop").jmx(true).start()) {
      var name = new ObjectName("dev.heddle:type=Heddle,name=shop");
      var server = ManagementFactory.getPlatformMBeanServer();
      HeddleMXBean bean = JMX.newMXBeanProxy(server, name, HeddleMXBean.class);
      System.out.println(bean.dump());
      assertEquals("shop", bean.getName());
    }
    // @end
  }

  @Test
  void driversTakeFactories() throws Exception {
    try (var _ = Heddle.start()) {
      var loopback = InetAddress.getLoopbackAddress();
      // @start region="factories"
      try (var server = new HeddleServerSocketFactory().createServerSocket(0, 50, loopback);
          var client = new HeddleSocketFactory().createSocket(loopback, server.getLocalPort());
          var accepted = server.accept()) {
        client.getOutputStream().write(42);
        assertEquals(42, accepted.getInputStream().read());
      }
      // @end
    }
  }
}
