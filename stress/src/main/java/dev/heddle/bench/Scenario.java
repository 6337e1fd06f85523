package dev.heddle.bench;

import dev.heddle.bench.server.Peer;
import dev.heddle.bench.server.Work;
import java.time.Duration;
import java.util.List;

/**
 * One comparison of servers: what they do, under which load, how often and how long.
 *
 * @param messageBytes length of an echo message
 * @param burden kind and number of tasks that run beside the connections, or nothing
 */
record Scenario(
    String name,
    Work work,
    List<Peer> peers,
    int connections,
    int messageBytes,
    int processors,
    int loadThreads,
    int rounds,
    Duration warmup,
    Duration window,
    List<String> burden) {}
