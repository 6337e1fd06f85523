package dev.heddle.examples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A FIFO of messages in a folder. A message is stored once it is on the disk, and gone once the one
 * who took it is done with it; what is neither is delivered again after a crash.
 *
 * <pre>
 * 0000000000000000.segment   records: length, CRC-32C of length and body, body
 * 0000000000004711.segment   named after its first message; only the last one grows
 * position                   the number of the first message that is not done
 * </pre>
 *
 * <p>The position is swapped by renaming, so it is whole. It may be old, but never too high: a
 * segment whose messages are all done is removed <i>before</i> the position says so, as a full disk
 * has no room for a new position. What is missing before the first segment is done.
 *
 * <p>A thread that stores writes what others have left beside it as well, in one write and one
 * sync, and waits a little for company before. So no task is there for writing only.
 *
 * <p>Thread-safe. All that touches the disk runs where {@link Disk} says, and outside of the lock.
 */
final class DiskQueue implements Closeable {
  private static final String SUFFIX = ".segment";

  /** Runs what blocks its thread. */
  interface Disk {
    void run(Action action) throws IOException;
  }

  /** Something done on the disk. */
  interface Action {
    void run() throws IOException;
  }

  /** A message and its number. */
  static final class Message {
    final long number;
    final byte[] body;

    Message(long number, byte[] body) {
      this.number = number;
      this.body = body;
    }
  }

  /**
   * When bytes reach the disk.
   *
   * @param segmentBytes how long a file may become; longer only for a single message
   * @param every so many messages do not wait for company
   * @param within how long one waits for it
   */
  record Limits(long segmentBytes, int every, Duration within) {}

  /** A message on its way to the disk. Guarded by the queue. */
  private static final class Pending {
    final byte[] body;
    long number = -1; // until it is stored
    boolean ended;
    @Nullable Exception failure;

    Pending(byte[] body) {
      this.body = body;
    }
  }

  private final Path folder;
  private final Limits limits;
  private final Disk disk;

  // Guarded by this.
  private final TreeMap<Long, Long> segments = new TreeMap<>(); // first number -> stored bytes
  private final TreeMap<Long, byte[]> ready = new TreeMap<>(); // read, or given back
  private final TreeMap<Long, byte[]> held = new TreeMap<>(); // taken and not done
  private List<Pending> pending = new ArrayList<>();
  private boolean writing; // a thread has the turn to write
  private boolean reading; // a thread has the turn to read
  private long unread; // messages on the disk that have not been read
  private long next; // the number of the first of them
  private long end; // the number of the next to be stored; moved by the writer
  private long position; // what the file says

  private FileChannel out; // by the writer
  private boolean broken; // by the writer: the end of the file is in doubt
  private @Nullable DiskRecords in; // by the reader

  /** Opens the queue of a folder, which is made if need be. Blocks its thread. */
  DiskQueue(Path folder, Limits limits, Disk disk) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.limits = limits;
    this.disk = disk;
    var file = folder.resolve("position");
    try (var files = Files.list(folder)) {
      position = Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
      files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .forEach(name -> segments.put(Long.valueOf(name.replace(SUFFIX, "")), 0L));
    } catch (NumberFormatException e) {
      throw new IOException(folder + " has a file that is not ours: " + e.getMessage(), e);
    }
    if (segments.isEmpty()) {
      segments.put(position, 0L);
    }
    next = Math.max(position, segments.firstKey());
    remove(doneSegments());
    for (var base : segments.keySet()) {
      recover(base);
    }
    if (end < next) { // never by a crash; but what is stored below the position would be lost
      segments.put(next, 0L);
      end = next;
    }
    out = open(segments.lastKey());
    syncFolder();
  }

  /** Finds the records of a segment; what is none, at its end, is dropped. */
  private void recover(long base) throws IOException {
    end = base;
    if (!Files.exists(file(base))) {
      return;
    }
    try (var records = new DiskRecords(base, file(base))) {
      long bytes = records.size();
      for (; records.next(bytes) != null; end++) {
        unread += end < next ? 0 : 1;
      }
      if (records.at < bytes) {
        System.err.printf(
            "queue: dropped the last %d bytes of %s, behind message %d: a torn record%n",
            bytes - records.at, file(base), end - 1);
        records.truncate();
      }
      segments.put(base, records.at);
    }
  }

  private Path file(long base) {
    return folder.resolve("%016d%s".formatted(base, SUFFIX));
  }

  private FileChannel open(long base) throws IOException {
    return FileChannel.open(file(base), CREATE, WRITE);
  }

  private void syncFolder() throws IOException {
    try (var channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  // ---- storing

  /**
   * Stores messages; returns when they are on the disk.
   *
   * @return the number of the last
   * @throws IOException if one of them could not be stored; those before it may have been
   */
  long store(List<byte[]> bodies) throws IOException {
    var mine = bodies.stream().map(Pending::new).toList();
    for (var batch = join(mine); batch != null; batch = awaitTurn(mine)) {
      try {
        write(batch);
      } finally {
        ended(batch);
      }
    }
    for (var message : mine) {
      if (message.failure != null) {
        throw new IOException(message.failure.getMessage(), message.failure);
      }
    }
    return mine.getLast().number;
  }

  private synchronized @Nullable List<Pending> join(List<Pending> mine) throws IOException {
    pending.addAll(mine);
    if (pending.size() >= limits.every) {
      notifyAll();
    }
    return awaitTurn(mine);
  }

  /** Waits for its turn to write; returns what is to be written, null if its own has been. */
  private synchronized @Nullable List<Pending> awaitTurn(List<Pending> mine) throws IOException {
    try {
      while (writing && !mine.getLast().ended) {
        wait();
      }
      if (mine.getLast().ended) {
        return null;
      }
      writing = true;
      long until = System.nanoTime() + limits.within.toNanos();
      for (long left = 1; pending.size() < limits.every && left > 0; left = millisTo(until)) {
        wait(left);
      }
      var batch = pending;
      pending = new ArrayList<>();
      return batch;
    } catch (InterruptedException e) {
      writing = false;
      notifyAll();
      throw interrupted();
    }
  }

  private static long millisTo(long nanoTime) {
    return (nanoTime - System.nanoTime() + 999_999) / 1_000_000;
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private synchronized void ended(List<Pending> batch) {
    for (var message : batch) {
      message.ended = true;
      if (message.number < 0 && message.failure == null) {
        message.failure = new IOException("the thread that stored it failed");
      }
    }
    writing = false;
    notifyAll();
  }

  /** Stores a batch, in as many files as it takes; the threads that wait for it see what fails. */
  private void write(List<Pending> batch) {
    for (int from = 0; from < batch.size(); ) {
      long bytes = 0;
      int to = from;
      do { // what fits into one file; a single message always does
        bytes += DiskRecords.HEADER + batch.get(to).body.length;
        to++;
      } while (to < batch.size()
          && bytes + DiskRecords.HEADER + batch.get(to).body.length <= limits.segmentBytes);
      var run = batch.subList(from, to);
      try {
        disk.run(() -> append(run));
      } catch (IOException e) {
        batch.subList(from, batch.size()).forEach(message -> message.failure = e);
        return;
      }
      from = to;
    }
  }

  private void append(List<Pending> run) throws IOException {
    var records =
        run.stream().map(message -> DiskRecords.encode(message.body)).toArray(ByteBuffer[]::new);
    long bytes = 0;
    for (var record : records) {
      bytes += record.remaining();
    }
    var last = copyOfSegments().lastEntry();
    long stored = last.getValue();
    if (!out.isOpen()) {
      out = open(last.getKey()); // an interrupt has closed it
    }
    if (stored > 0 && (broken || stored + bytes > limits.segmentBytes)) {
      roll();
      stored = 0;
    }
    try {
      out.position(stored);
      for (long left = bytes; left > 0; ) {
        left -= out.write(records);
      }
      out.force(false);
    } catch (IOException e) {
      broken = true; // what is behind the stored bytes is never read, and dropped at the next start
      if (out.isOpen()) {
        out.truncate(stored);
      }
      throw e;
    }
    stored(run, stored + bytes);
  }

  private synchronized NavigableMap<Long, Long> copyOfSegments() {
    return new TreeMap<>(segments);
  }

  private synchronized void stored(List<Pending> run, long bytes) {
    for (var message : run) {
      message.number = end++;
    }
    segments.put(segments.lastKey(), bytes);
    unread += run.size();
    notifyAll();
  }

  /** Continues in a new file. */
  private void roll() throws IOException {
    var channel = open(end);
    syncFolder();
    out.close();
    out = channel;
    broken = false;
    synchronized (this) {
      segments.put(end, 0L);
    }
  }

  // ---- taking

  /**
   * Takes the first message that nobody has, waiting for one if need be.
   *
   * @return null if there is none in time
   */
  @Nullable Message take(Duration timeout) throws IOException {
    long until = System.nanoTime() + timeout.toNanos();
    try {
      while (true) {
        synchronized (this) {
          while (ready.isEmpty() && (reading || unread == 0)) {
            if (!reading && until - System.nanoTime() <= 0) {
              return null;
            }
            wait(Math.max(1, millisTo(until)));
          }
          if (!ready.isEmpty()) {
            var first = ready.pollFirstEntry();
            held.put(first.getKey(), first.getValue());
            return new Message(first.getKey(), first.getValue());
          }
          reading = true;
        }
        readSome();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void readSome() throws IOException {
    var found = new TreeMap<Long, byte[]>();
    try {
      disk.run(() -> read(copyOfSegments(), next, found)); // only the one who reads moves next
    } finally {
      synchronized (this) {
        reading = false;
        ready.putAll(found);
        unread -= found.size();
        next = found.isEmpty() ? next : found.lastKey() + 1;
        notifyAll();
      }
    }
  }

  private void read(NavigableMap<Long, Long> stored, long first, Map<Long, byte[]> found)
      throws IOException {
    long number = first;
    for (long bytes = 0; bytes < DiskRecords.AHEAD; ) {
      var records = in;
      if (records == null) {
        long base = Objects.requireNonNullElse(stored.floorKey(number), number);
        records = in = new DiskRecords(base, file(base));
        records.skip(number, stored.getOrDefault(base, 0L));
      }
      Long limit = stored.get(records.base); // none: all in it is done, and it is gone
      var later = stored.higherKey(records.base);
      if (limit != null && records.at < limit) {
        var body = records.next(limit);
        if (body == null) {
          throw new IOException(file(records.base) + " is damaged at byte " + records.at);
        }
        found.put(number++, body);
        bytes += DiskRecords.HEADER + body.length;
      } else if (later != null) {
        number = later;
        records.close();
        in = null;
      } else {
        return;
      }
    }
  }

  /** A taken message is done. Returns whether it was held. */
  synchronized boolean done(long number) {
    return held.remove(number) != null;
  }

  /** Gives taken messages back; others get them before all later ones. */
  synchronized void giveBack(Collection<Long> numbers) {
    for (long number : numbers) {
      var body = held.remove(number);
      if (body != null) {
        ready.put(number, body);
      }
    }
    notifyAll();
  }

  /** How many messages nobody has taken. */
  synchronized long waiting() {
    return ready.size() + unread;
  }

  /** How many messages are taken and not done. */
  synchronized int taken() {
    return held.size();
  }

  // ---- the position

  /** Stores the position if it has moved; called from time to time, never by two at once. */
  void storePosition() throws IOException {
    long first;
    List<Long> done;
    synchronized (this) {
      first = firstNotDone();
      if (first == position) {
        return;
      }
      done = doneSegments();
    }
    disk.run(
        () -> {
          remove(done);
          var fresh = folder.resolve("position.new");
          Files.writeString(fresh, first + "\n", CREATE, WRITE, TRUNCATE_EXISTING, DSYNC);
          Files.move(fresh, folder.resolve("position"), StandardCopyOption.ATOMIC_MOVE);
          syncFolder();
        });
    synchronized (this) {
      position = first;
    }
  }

  private long firstNotDone() {
    long first = ready.isEmpty() ? next : Math.min(next, ready.firstKey());
    return held.isEmpty() ? first : Math.min(first, held.firstKey());
  }

  /** Segments that have another behind them which begins before all that is not done. */
  private List<Long> doneSegments() {
    var last = segments.floorKey(firstNotDone());
    return last == null ? List.of() : List.copyOf(segments.headMap(last).keySet());
  }

  private void remove(List<Long> bases) throws IOException {
    for (var base : bases) {
      Files.deleteIfExists(file(base));
    }
    synchronized (this) {
      segments.keySet().removeAll(bases);
    }
  }

  /** Stores the position. Nobody may use the queue any more. */
  @Override
  public void close() throws IOException {
    try (var _ = out;
        var _ = in) {
      storePosition();
    }
  }
}
