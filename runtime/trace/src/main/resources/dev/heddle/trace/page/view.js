// The part of time that is on screen, and how moments become pixels.

/** Nothing shorter than this is ever shown across the whole width. */
const SHORTEST_VIEW = 200;

class View {
  constructor(from, to) {
    this.fullFrom = from;
    this.fullTo = to;
    this.from = from;
    this.to = to;
    this.width = 1;
  }

  get nanosPerPixel() {
    return (this.to - this.from) / this.width;
  }

  timeAt(x) {
    return this.from + x * this.nanosPerPixel;
  }

  x(time) {
    return (time - this.from) / this.nanosPerPixel;
  }

  set(from, to) {
    const full = this.fullTo - this.fullFrom;
    const length = Math.min(full, Math.max(SHORTEST_VIEW, to - from));
    const middle = (from + to) / 2;
    const start = Math.min(Math.max(middle - length / 2, this.fullFrom), this.fullTo - length);
    this.from = start;
    this.to = start + length;
  }

  /** Zooms in by a factor above 1 while the moment under a pixel stays there. */
  zoom(factor, x) {
    const at = this.timeAt(x);
    const length = Math.min(this.fullTo - this.fullFrom, Math.max(SHORTEST_VIEW, (this.to - this.from) / factor));
    const from = at - (x / this.width) * length;
    this.set(from, from + length);
  }

  pan(pixels) {
    const by = pixels * this.nanosPerPixel;
    this.set(this.from + by, this.to + by);
  }

  fit() {
    this.set(this.fullFrom, this.fullTo);
  }

  shows(from, to) {
    return from >= this.from && to <= this.to;
  }

  /** Brings a span into view, leaving the zoom alone if the span can be seen at it. */
  reveal(from, to) {
    if (this.shows(from, to) && to - from >= this.nanosPerPixel) {
      return;
    }
    const length = this.to - this.from;
    if (to - from <= length * 0.8 && to - from >= this.nanosPerPixel * 3) {
      const middle = (from + to) / 2;
      this.set(middle - length / 2, middle + length / 2);
    } else {
      this.focus(from, to);
    }
  }

  /** Shows a span with room on both sides. */
  focus(from, to) {
    const room = Math.max((to - from) * 0.6, SHORTEST_VIEW / 2);
    this.set(from - room, to + room);
  }

  /** Round moments for the ruler, about 120 pixels apart. */
  ticks() {
    const target = this.nanosPerPixel * 120;
    const power = 10 ** Math.floor(Math.log10(target));
    const step = power * (target / power >= 5 ? 10 : target / power >= 2 ? 5 : 2);
    const ticks = [];
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
      ticks.push(t);
    }
    return { step, ticks };
  }
}
