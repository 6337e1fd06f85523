// Level of detail: the same row in ever coarser bins of time, so that a frame costs pixels and not slices.

/** Bins at the finest level; below that a row is drawn slice by slice. */
const MAX_BINS = 1 << 16;
const MIN_BINS = 1 << 8;

/**
 * A row of spans that follow one another: for each bin how much of it is taken, and by which colour most.
 *
 * With `loudest`, the highest colour in a bin wins however short it is: for rare things that must not vanish.
 */
class RowLod {
  constructor(start, run, first, count, from, to, colourOf, loudest = false) {
    this.from = from;
    this.bins = Math.min(MAX_BINS, Math.max(MIN_BINS, 2 ** Math.ceil(Math.log2(count + 1))));
    this.width = (to - from) / this.bins;
    this.busy = [new Float32Array(this.bins)];
    this.most = [new Float32Array(this.bins)];
    this.colour = [new Uint8Array(this.bins)];
    this.#fill(start, run, first, count, colourOf, loudest);
    for (let level = 0; this.busy[level].length > 1; level++) {
      this.#halve(level, loudest);
    }
  }

  #fill(start, run, first, count, colourOf, loudest) {
    const sums = new Float64Array(COLOURS);
    const seen = [];
    let bin = 0;
    const flush = () => {
      let total = 0;
      let best = -1;
      for (const c of seen) {
        total += sums[c];
        if (best < 0 || (loudest ? c > best : sums[c] > sums[best])) {
          best = c;
        }
      }
      if (best >= 0 && bin < this.bins) {
        this.busy[0][bin] = Math.min(1, total / this.width);
        this.most[0][bin] = Math.min(1, sums[best] / this.width);
        this.colour[0][bin] = best;
      }
      for (const c of seen) {
        sums[c] = 0;
      }
      seen.length = 0;
    };
    const add = (colour, nanos) => {
      if (sums[colour] === 0) {
        seen.push(colour);
      }
      sums[colour] += Math.max(nanos, 1e-3);
    };
    for (let i = first; i < first + count; i++) {
      const colour = colourOf(i);
      if (colour < 0) {
        continue;
      }
      const begin = Math.max(0, start[i] - this.from);
      const end = Math.max(begin, start[i] + run[i] - this.from);
      const firstBin = Math.min(this.bins - 1, Math.floor(begin / this.width));
      const lastBin = Math.min(this.bins - 1, Math.floor(end / this.width));
      if (firstBin > bin) {
        flush();
        bin = firstBin;
      }
      if (lastBin <= bin) {
        add(colour, end - begin);
        continue;
      }
      add(colour, (bin + 1) * this.width - begin);
      flush();
      this.busy[0].fill(1, bin + 1, lastBin);
      this.most[0].fill(1, bin + 1, lastBin);
      this.colour[0].fill(colour, bin + 1, lastBin);
      bin = lastBin;
      add(colour, end - bin * this.width);
    }
    flush();
  }

  #halve(level, loudest) {
    const [busy, most, colour] = [this.busy[level], this.most[level], this.colour[level]];
    const half = busy.length / 2;
    const [halfBusy, halfMost, halfColour] = [new Float32Array(half), new Float32Array(half), new Uint8Array(half)];
    for (let i = 0, a = 0; i < half; i++, a += 2) {
      const b = a + 1;
      halfBusy[i] = (busy[a] + busy[b]) / 2;
      const same = colour[a] === colour[b];
      const left = loudest ? busy[b] === 0 || (busy[a] > 0 && colour[a] >= colour[b]) : most[a] >= most[b];
      halfColour[i] = left ? colour[a] : colour[b];
      halfMost[i] = (same ? most[a] + most[b] : Math.max(most[a], most[b])) / 2;
    }
    this.busy.push(halfBusy);
    this.most.push(halfMost);
    this.colour.push(halfColour);
  }

  /** Whether bins are fine enough for pixels of this many nanoseconds. */
  fits(nanosPerPixel) {
    return this.width <= nanosPerPixel;
  }

  levelFor(nanosPerPixel) {
    const level = Math.floor(Math.log2(nanosPerPixel / this.width));
    return Math.max(0, Math.min(this.busy.length - 1, level));
  }

  /** Calls `column(x, width, busy, colour)` for runs of equal pixels between two moments. */
  columns(view, height, column) {
    const level = this.levelFor(view.nanosPerPixel);
    const [busy, colour] = [this.busy[level], this.colour[level]];
    const width = this.width * 2 ** level;
    let runX = 0;
    let runHeight = 0;
    let runColour = 0;
    for (let x = 0; x <= view.width; x++) {
      const a = Math.max(0, Math.floor((view.timeAt(x) - this.from) / width));
      const b = Math.min(busy.length, Math.max(a + 1, Math.floor((view.timeAt(x + 1) - this.from) / width)));
      let top = 0;
      let c = 0;
      for (let i = a; i < b; i++) {
        if (busy[i] > top) {
          top = busy[i];
          c = colour[i];
        }
      }
      const h = x === view.width || top === 0 ? 0 : Math.max(2, Math.round(top * height));
      if (h !== runHeight || c !== runColour) {
        if (runHeight > 0) {
          column(runX, x - runX, runHeight, runColour);
        }
        runX = x;
        runHeight = h;
        runColour = c;
      }
    }
  }

  /** How much of the time between two moments is taken, by the bins. */
  share(from, to) {
    const level = this.levelFor((to - from) / 500);
    const width = this.width * 2 ** level;
    const a = Math.max(0, Math.floor((from - this.from) / width));
    const b = Math.min(this.busy[level].length, Math.max(a + 1, Math.ceil((to - this.from) / width)));
    let sum = 0;
    for (let i = a; i < b; i++) {
      sum += this.busy[level][i];
    }
    return b > a ? sum / (b - a) : 0;
  }
}

/** How many tasks were runnable, exactly: each slice says when its task was queued and when it ran. */
class RunnableGraph {
  constructor(model) {
    const { slices } = model;
    const known = slices.runnable.reduce((n, r) => n + (r >= 0 ? 1 : 0), 0);
    this.queued = new Float64Array(known);
    this.started = new Float64Array(known);
    for (let i = 0, k = 0; i < slices.count; i++) {
      if (slices.runnable[i] >= 0) {
        this.queued[k] = model.queuedAt(i);
        this.started[k++] = slices.start[i];
      }
    }
    this.queued.sort();
    this.started.sort();
    this.from = model.from;
    this.bins = 1 << 14;
    this.width = (model.to - model.from) / this.bins;
    this.most = this.#mostPerBin();
    this.highest = this.most.reduce((a, b) => Math.max(a, b), 1);
  }

  at(moment) {
    const { queued, started } = this;
    return (
      lastAtOrBefore(queued.length, (i) => queued[i], moment) - lastAtOrBefore(started.length, (i) => started[i], moment)
    );
  }

  #mostPerBin() {
    const most = new Uint32Array(this.bins);
    const { queued, started } = this;
    let q = 0;
    let s = 0;
    for (let bin = 0; bin < this.bins; bin++) {
      const end = this.from + (bin + 1) * this.width;
      let high = q - s;
      while (q < queued.length && queued[q] < end) {
        while (s < started.length && started[s] < queued[q]) {
          s++;
        }
        q++;
        high = Math.max(high, q - s);
      }
      while (s < started.length && started[s] < end) {
        s++;
      }
      most[bin] = Math.max(0, high);
    }
    return most;
  }

  /** The most at once between two moments. */
  mostBetween(from, to) {
    if (to - from < this.width) {
      return this.#mostExactly(from, to);
    }
    const a = Math.max(0, Math.floor((from - this.from) / this.width));
    const b = Math.min(this.bins - 1, Math.floor((to - this.from) / this.width));
    let most = 0;
    for (let i = a; i <= b; i++) {
      most = Math.max(most, this.most[i]);
    }
    return most;
  }

  #mostExactly(from, to) {
    const { queued, started } = this;
    let q = lastAtOrBefore(queued.length, (i) => queued[i], from) + 1;
    let s = lastAtOrBefore(started.length, (i) => started[i], from) + 1;
    let most = q - s;
    while (q < queued.length && queued[q] < to) {
      while (s < started.length && started[s] < queued[q]) {
        s++;
      }
      q++;
      most = Math.max(most, q - s);
    }
    return most;
  }
}
