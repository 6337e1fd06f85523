// The recording as the page asks it: which slice is where, who readied whom, what a task did.

/** Distinct colours; names beyond share quieter ones. */
const COLOURS = 24;

/** Numbers of processors a runtime has room for, as in Places. */
const STRIDE = 1 << 16;

class Model {
  constructor(raw, meta) {
    Object.assign(this, raw);
    this.meta = meta;
    this.from = meta.fromNanos;
    this.to = Math.max(meta.toNanos, this.from + 1000);
    this.sliceProcessor = this.#processorOfSlices();
    this.groups = this.#groups();
    this.bySlice = { ...this.#index(this.slices.count, this.tasks.count, (i) => this.slices.task[i]) };
    this.#sortTaskSlices();
    this.readied = this.#index(this.slices.count, this.slices.count, (i) => this.slices.readierSlice[i]);
    this.readiedByPoll = this.#index(this.slices.count, this.polls.count, (i) => this.slices.readierPoll[i]);
  }

  #processorOfSlices() {
    const of = new Uint16Array(this.slices.count);
    this.processors.forEach((p, index) => of.fill(index, p.first, p.first + p.count));
    return of;
  }

  /** Tasks grouped by name, most running time first, each with a colour. */
  #groups() {
    const { tasks, slices, strings } = this;
    const groupOfString = new Map();
    const groups = new Map();
    this.taskGroup = new Array(tasks.count);
    for (let t = 0; t < tasks.count; t++) {
      let group = groupOfString.get(tasks.name[t]);
      if (group === undefined) {
        const name = groupOf(strings[tasks.name[t]]);
        group = groups.get(name) ?? { name, tasks: 0, run: 0, slices: 0, colour: 0 };
        groups.set(name, group);
        groupOfString.set(tasks.name[t], group);
      }
      group.tasks++;
      this.taskGroup[t] = group;
    }
    for (let i = 0; i < slices.count; i++) {
      const group = this.taskGroup[slices.task[i]];
      group.run += slices.run[i];
      group.slices++;
    }
    const sorted = [...groups.values()].sort((a, b) => b.run - a.run);
    sorted.forEach((group, rank) => {
      group.colour = rank < COLOURS / 2 ? rank : COLOURS / 2 + (rank % (COLOURS / 2));
    });
    this.taskColour = Uint8Array.from({ length: tasks.count }, (_, t) => this.taskGroup[t].colour);
    return sorted;
  }

  /** For each key the elements that have it: `list` from `first[key]` to `first[key + 1]`. */
  #index(elements, keys, keyOf) {
    const first = new Uint32Array(keys + 2);
    for (let i = 0; i < elements; i++) {
      const key = keyOf(i);
      if (key >= 0) {
        first[key + 2]++;
      }
    }
    for (let k = 1; k < first.length; k++) {
      first[k] += first[k - 1];
    }
    const list = new Uint32Array(first[keys + 1]);
    for (let i = 0; i < elements; i++) {
      const key = keyOf(i);
      if (key >= 0) {
        list[first[key + 1]++] = i;
      }
    }
    return { first, list };
  }

  /** Slices are numbered by processor; a task's own are wanted by time. */
  #sortTaskSlices() {
    const { first, list } = this.bySlice;
    const start = this.slices.start;
    for (let t = 0; t < this.tasks.count; t++) {
      const part = list.subarray(first[t], first[t + 1]);
      let sorted = true;
      for (let i = 1; i < part.length && sorted; i++) {
        sorted = start[part[i - 1]] <= start[part[i]];
      }
      if (!sorted) {
        part.sort((a, b) => start[a] - start[b]);
      }
    }
  }

  slicesOf(task) {
    return this.bySlice.list.subarray(this.bySlice.first[task], this.bySlice.first[task + 1]);
  }

  readiedBy(slice) {
    return this.readied.list.subarray(this.readied.first[slice], this.readied.first[slice + 1]);
  }

  readiedByPollCall(poll) {
    return this.readiedByPoll.list.subarray(this.readiedByPoll.first[poll], this.readiedByPoll.first[poll + 1]);
  }

  endOf(slice) {
    return this.slices.start[slice] + this.slices.run[slice];
  }

  queuedAt(slice) {
    return this.slices.start[slice] - Math.max(0, this.slices.runnable[slice]);
  }

  seenAt(slice) {
    return this.queuedAt(slice) - this.slices.seen[slice];
  }

  processorName(index) {
    return this.placeName(this.processors[index].number);
  }

  /** A place of the numbering of Places, or what it is if no processor: with its runtime's name if there are several. */
  placeName(place, ifNone) {
    const { runtimes } = this.meta;
    const name = place < 0 ? ifNone : "P" + (place % STRIDE);
    return runtimes.length < 2 ? name : runtimes[runtimeOf(place)] + " " + name;
  }

  taskName(task) {
    return this.strings[this.tasks.name[task]] || "task";
  }

  taskLabel(task) {
    return this.taskName(task) + " #" + this.tasks.id[task];
  }

  /** The task's slice before (−1) or after (+1), −1 if there is none. */
  neighbour(slice, step) {
    const own = this.slicesOf(this.slices.task[slice]);
    const at = lastAtOrBefore(own.length, (i) => this.slices.start[own[i]], this.slices.start[slice]) + step;
    return at >= 0 && at < own.length ? own[at] : -1;
  }

  /** The sample of the wait that ended as a slice became runnable; undefined if there is none. */
  blockedBefore(slice) {
    const blocked = this.marks.get("blocked") ?? [];
    const { task, waited } = this.slices;
    const queued = this.queuedAt(slice);
    const last = lastAtOrBefore(blocked.length, (i) => blocked[i].at, queued);
    for (let i = last; i >= 0 && blocked[i].at >= queued - waited[slice]; i--) {
      if (blocked[i].task === task[slice]) {
        return blocked[i];
      }
    }
    return undefined;
  }

  /** What a task ran at a moment, or last before it; −1 if it had not run. */
  sliceOfTaskAt(task, at) {
    const own = this.slicesOf(task);
    const k = lastAtOrBefore(own.length, (i) => this.slices.start[own[i]], at);
    return k < 0 ? -1 : own[k];
  }

  /** The slice running on a processor at a moment, or the one nearest within a distance; −1 if none. */
  sliceAt(processorIndex, at, distance) {
    const p = this.processors[processorIndex];
    const { start } = this.slices;
    const i = p.first + lastAtOrBefore(p.count, (k) => start[p.first + k], at);
    if (i >= p.first && this.endOf(i) >= at) {
      return i;
    }
    const before = i >= p.first ? at - this.endOf(i) : Infinity;
    const after = i + 1 < p.first + p.count ? start[i + 1] - at : Infinity;
    if (Math.min(before, after) > distance) {
      return -1;
    }
    return before <= after ? i : i + 1;
  }

  pollAt(at, distance) {
    const { start, run, count } = this.polls;
    const i = lastAtOrBefore(count, (k) => start[k], at + distance);
    return i >= 0 && start[i] + run[i] >= at - distance ? i : -1;
  }

  /** The slices that waited longest in a run queue. */
  worstDelays(limit) {
    const { runnable, count } = this.slices;
    let floor = -1;
    let kept = [];
    for (let i = 0; i < count; i++) {
      if (runnable[i] > floor) {
        kept.push(i);
        if (kept.length >= 4 * limit) {
          kept = kept.sort((a, b) => runnable[b] - runnable[a]).slice(0, limit);
          floor = runnable[kept[limit - 1]];
        }
      }
    }
    return kept.sort((a, b) => runnable[b] - runnable[a]).slice(0, limit);
  }

  /** Tasks whose name contains the text or whose id it is: a flag for each, and how many. */
  find(text) {
    const wanted = text.trim().toLowerCase();
    const id = /^#?[0-9]+$/.test(wanted) ? Number(wanted.replace("#", "")) : NaN;
    const named = this.strings.map((s) => s.toLowerCase().includes(wanted));
    const flags = new Uint8Array(this.tasks.count);
    let found = 0;
    for (let t = 0; t < flags.length; t++) {
      if (named[this.tasks.name[t]] || this.tasks.id[t] === id) {
        flags[t] = 1;
        found++;
      }
    }
    return { flags, found };
  }
}

/** The index of a place's runtime. */
function runtimeOf(place) {
  return place < 0 ? -1 - place : Math.floor(place / STRIDE);
}

/** Of `count` sorted moments the last that is not after `at`; −1 if all are. */
function lastAtOrBefore(count, momentOf, at) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (momentOf(middle) <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
