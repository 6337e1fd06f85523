package dev.heddle.scheduler.inspect;

import dev.heddle.scheduler.ProcessorMetrics;
import dev.heddle.scheduler.core.Engine;
import dev.heddle.scheduler.events.QueueDepth;
import dev.heddle.scheduler.events.Trace;
import dev.heddle.scheduler.events.TracedThread;
import jdk.jfr.FlightRecorder;

/** Samples the queues of an engine while a recording wants it. */
final class QueueSampler implements Runnable {
  private final Engine engine;

  QueueSampler(Engine engine) {
    this.engine = engine;
  }

  void register() {
    FlightRecorder.addPeriodicEvent(QueueDepth.class, this);
  }

  /** Does nothing if it is not registered. */
  void unregister() {
    FlightRecorder.removePeriodicEvent(this);
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
