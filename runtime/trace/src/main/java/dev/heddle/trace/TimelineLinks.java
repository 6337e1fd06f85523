package dev.heddle.trace;

import dev.heddle.trace.TraceEvent.Slice;
import java.util.Arrays;
import java.util.List;

/**
 * Finds for each slice what readied it: the slice that ran on the readier's processor at the moment
 * the task was queued, or the poll during which its event was seen.
 */
final class TimelineLinks {
  static final int NONE = -1;

  /**
   * Spans come from another clock than starts, and a poll's event ends a little after its last
   * readying.
   */
  private static final long SLACK_NANOS = 20_000;

  private final List<Slice> slices;
  private final List<TraceEvent.Poll> polls;
  final int[] readierSlice;
  final int[] readierPoll;
  private long dangling;

  /** For a sorted timeline. */
  TimelineLinks(Timeline timeline) {
    slices = timeline.slices;
    polls = timeline.polls;
    readierSlice = new int[slices.size()];
    readierPoll = new int[slices.size()];
    Arrays.fill(readierSlice, NONE);
    Arrays.fill(readierPoll, NONE);
    for (int i = 0; i < slices.size(); i++) {
      link(i);
    }
  }

  private void link(int i) {
    Slice s = slices.get(i);
    if (s.runnableNanos() < 0) {
      return;
    }
    if (s.readiedByPoller()) {
      readierPoll[i] = findPoll(s);
      dangling += readierPoll[i] == NONE ? 1 : 0;
    } else if (s.readierTaskId() != 0 && s.readier() != Readier.YIELD) {
      readierSlice[i] = findSlice(s);
      dangling += readierSlice[i] == NONE ? 1 : 0;
    }
  }

  private int findSlice(Slice readied) {
    long moment = readied.queuedNanos();
    int near = lastStartedBy(readied.readierProcessor(), moment + SLACK_NANOS);
    for (int i = near; i >= 0 && slices.get(i).processor() == readied.readierProcessor(); i--) {
      Slice candidate = slices.get(i);
      if (candidate.endNanos() + SLACK_NANOS < moment) {
        break;
      }
      if (candidate.taskId() == readied.readierTaskId()) {
        return i;
      }
    }
    return NONE;
  }

  /** The last slice of a processor that began by a moment, or one of a lower processor. */
  private int lastStartedBy(int processor, long moment) {
    int low = 0;
    int high = slices.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Slice s = slices.get(middle);
      boolean before =
          s.processor() < processor || (s.processor() == processor && s.startNanos() <= moment);
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int findPoll(Slice readied) {
    long moment = readied.seenAtNanos();
    boolean bySysmon = readied.readier() == Readier.SYSMON;
    int runtime = Places.runtime(readied.processor());
    int low = 0;
    int high = polls.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (polls.get(middle).startNanos() <= moment + SLACK_NANOS) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int best = NONE;
    // A few polls may lie within the slack; the one that encloses the moment, and readied
    // something, is meant.
    for (int i = low - 1; i >= 0 && i >= low - 8; i--) {
      TraceEvent.Poll poll = polls.get(i);
      boolean encloses = poll.endNanos() + SLACK_NANOS >= moment;
      boolean same = Places.runtime(poll.processor()) == runtime;
      if (encloses && same && (poll.processor() < 0) == bySysmon) {
        if (poll.readied() > 0 && poll.startNanos() <= moment && poll.endNanos() >= moment) {
          return i;
        }
        best = best == NONE || poll.readied() > 0 ? i : best;
      }
    }
    return best;
  }

  /** Slices that name a readier which is not in this part of the recording. */
  long dangling() {
    return dangling;
  }
}
