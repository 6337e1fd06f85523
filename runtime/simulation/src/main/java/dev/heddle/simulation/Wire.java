package dev.heddle.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * What is under way between hosts: events in the order of their times, and which ways are cut.
 *
 * <p>Packets, acknowledgements and retransmissions are all events; each runs on the driver's
 * thread, between two tasks.
 */
final class Wire {
  static final long NEVER = Long.MAX_VALUE;

  /** What happens at a time; of two at the same time the one that was planned first. */
  private record Event(long nanos, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  /** One way of a pair of hosts. */
  private record Way(Host from, Host to) {}

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<Way, LinkRules> rules = new HashMap<>(); // where they are not the default
  private final Map<Way, Long> cutUntil = new HashMap<>();
  private final Conductor conductor;
  final Dice dice;
  private LinkRules defaults = LinkRules.DEFAULT;
  private long planned;

  Wire(Conductor conductor, long seed) {
    this.conductor = conductor;
    this.dice = Dice.of(seed, "network");
  }

  long now() {
    return conductor.nanoTime();
  }

  // ---- events

  /** Plans something. */
  void after(long nanos, Runnable what) {
    events.add(new Event(now() + nanos, planned++, what));
  }

  /** When the next event is; {@link #NEVER} if there is none. */
  long nextNanos() {
    Event next = events.peek();
    return next == null ? NEVER : next.nanos;
  }

  /** Runs all that is due. */
  void runDue() {
    for (Event next; (next = events.peek()) != null && next.nanos <= now(); ) {
      events.remove();
      next.what.run();
    }
  }

  // ---- ways

  /** How the way from one host to another treats packets. */
  LinkRules rules(Host from, Host to) {
    if (from == to) {
      return LinkRules.LOOPBACK;
    }
    LinkRules own = rules.isEmpty() ? null : rules.get(new Way(from, to));
    return own == null ? defaults : own;
  }

  void setDefaults(LinkRules all) {
    defaults = all;
  }

  void setRules(Host from, Host to, LinkRules way) {
    rules.put(new Way(from, to), way);
  }

  /** Whether nothing passes at the moment: the way is cut, or one of both has no power. */
  boolean isCut(Host from, Host to) {
    if (!from.isUp() || !to.isUp()) {
      return true;
    }
    if (cutUntil.isEmpty() || from == to) {
      return false;
    }
    Long until = cutUntil.get(new Way(from, to));
    return until != null && until > now();
  }

  /** Cuts a way until a time; one that has passed mends it. */
  void cut(Host from, Host to, long untilNanos) {
    cutUntil.put(new Way(from, to), untilNanos);
  }

  /** Mends all ways. */
  void mendAll() {
    cutUntil.clear();
  }

  /** How long a packet takes. */
  long latency(Host from, Host to, int bytes) {
    return rules(from, to).draw(dice, bytes);
  }

  /** Writes what happens to the log. */
  void note(int kind, long what) {
    conductor.log.add(conductor.sinceBeginning(), kind, what);
  }

  boolean hasText() {
    return conductor.log.hasText();
  }

  void line(String words) {
    conductor.log.line(conductor.sinceBeginning(), words);
  }

  /** A task is about to call the network: it may have to give way. */
  void point() {
    conductor.point();
  }
}
