package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.events.BlockedStack;
import dev.heddle.scheduler.events.CarrierTime;
import dev.heddle.scheduler.events.QueueDepth;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedThread;
import jdk.jfr.FlightRecorder;

/** Samples the queues and the carriers of an engine while a recording wants it. */
final class QueueSampler implements Runnable {
  private final Engine engine;
  private final Runnable times = this::sampleTimes;
  private final BlockedSampler waits;

  QueueSampler(Engine engine) {
    this.engine = engine;
    this.waits = new BlockedSampler(engine);
  }

  void register() {
    FlightRecorder.addPeriodicEvent(QueueDepth.class, this);
    FlightRecorder.addPeriodicEvent(CarrierTime.class, times);
    FlightRecorder.addPeriodicEvent(BlockedStack.class, waits);
  }

  /** Does nothing if it is not registered. */
  void unregister() {
    FlightRecorder.removePeriodicEvent(this);
    FlightRecorder.removePeriodicEvent(times);
    FlightRecorder.removePeriodicEvent(waits);
  }

  private void sampleTimes() {
    engine.carriers().forEach(Trace::carrierTime);
  }

  @Override
  public void run() {
    int global = engine.counts().globalQueue();
    var processors = engine.processorMetrics();
    int runnable = global + processors.stream().mapToInt(ProcessorMetrics::queued).sum();
    Trace.queueDepth(engine.number(), TracedThread.NO_PROCESSOR, global, runnable);
    for (ProcessorMetrics processor : processors) {
      Trace.queueDepth(engine.number(), processor.index(), processor.queued(), runnable);
    }
  }
}
