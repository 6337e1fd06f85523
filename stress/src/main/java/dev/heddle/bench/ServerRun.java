package dev.heddle.bench;

import dev.heddle.bench.load.LoadResult;
import dev.heddle.bench.server.Peer;
import java.time.Duration;

/** What one run of one server showed; latencies are in microseconds. */
record ServerRun(
    Peer peer,
    int round,
    long requests,
    double rate,
    double cpuMicros,
    double p50,
    double p99,
    double p999,
    double max,
    int errors,
    int stuck) {

  /** Of a window without a single reply there is no time per request, and no latency. */
  static ServerRun of(Peer peer, int round, LoadResult load, Duration cpu) {
    double none = load.requests() == 0 ? Double.NaN : 0;
    return new ServerRun(
        peer,
        round,
        load.requests(),
        load.rate(),
        none + cpu.toNanos() / 1e3 / load.requests(),
        none + load.percentileMicros(50),
        none + load.percentileMicros(99),
        none + load.percentileMicros(99.9),
        none + load.latencies().getMaxValue() / 1e3,
        load.errors(),
        load.stuck());
  }

  /** Returns one line for a person who watches. */
  String summary() {
    return Numbers.text(rate, 0)
        + " req/s, "
        + Numbers.text(cpuMicros, 2)
        + " us CPU a request, p99 "
        + Numbers.text(p99, 0)
        + " us, errors "
        + (errors + stuck);
  }
}
