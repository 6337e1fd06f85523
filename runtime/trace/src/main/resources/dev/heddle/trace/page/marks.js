// Instants on the timeline: handoffs, monopolies, steals … and how many of them a pixel holds.

/** Shown as: glyph in the legend, what it is, which colour of the palette, on from the beginning. */
const MARK_STYLE = {
  handoff: { glyph: "▼", label: "handoff", colour: "warm", on: true },
  monopoly: { glyph: "◆", label: "monopoly (10 ms or more)", colour: "alarm", on: true },
  steal: { glyph: "◀", label: "steal", colour: "accent", on: true },
  overflow: { glyph: "■", label: "overflow", colour: "runnable", on: true },
  timer: { glyph: "●", label: "timer", colour: "soft", on: false },
  wake: { glyph: "▲", label: "wake", colour: "faint", on: false },
};

class Marks {
  constructor(model) {
    this.shown = new Set(Object.keys(MARK_STYLE).filter((kind) => MARK_STYLE[kind].on));
    const indexOf = new Map(model.processors.map((p, index) => [p.number, index]));
    // For each processor and kind the marks by time.
    this.rows = model.processors.map(() => new Map());
    for (const [kind, marks] of model.marks) {
      for (const mark of marks) {
        const row = this.rows[indexOf.get(mark.processor)];
        if (row && kind in MARK_STYLE) {
          row.set(kind, row.get(kind) ?? []);
          row.get(kind).push(mark);
        }
      }
    }
    this.losses = model.marks.get("loss") ?? [];
    this.count = (kind) => model.marks.get(kind)?.length ?? 0;
  }

  toggle(kind) {
    if (!this.shown.delete(kind)) {
      this.shown.add(kind);
    }
  }

  draw(ctx, palette, view, row) {
    for (const [kind, marks] of this.rows[row.index]) {
      if (this.shown.has(kind)) {
        ctx.fillStyle = palette[MARK_STYLE[kind].colour];
        perPixel(marks.length, (i) => marks[i].at, view, 7, (x) => glyph(ctx, kind, x, row));
      }
    }
  }

  /** The mark under the pointer, null if none. */
  near(view, x, row) {
    let best = null;
    let distance = 6;
    for (const [kind, marks] of this.rows[row.index]) {
      if (!this.shown.has(kind)) {
        continue;
      }
      const i = lastAtOrBefore(marks.length, (k) => marks[k].at, view.timeAt(x));
      for (const mark of [marks[i], marks[i + 1]]) {
        const d = mark ? Math.abs(view.x(mark.at) - x) : Infinity;
        if (d < distance) {
          distance = d;
          best = mark;
        }
      }
    }
    return best;
  }
}

function glyph(ctx, kind, x, row) {
  const top = row.y - 2;
  const bottom = row.y + row.h + 2;
  ctx.beginPath();
  switch (kind) {
    case "handoff":
      triangle(ctx, x - 4.5, top, x + 4.5, top, x, top + 7);
      break;
    case "monopoly":
      // Below a handoff's place, since a retake often follows.
      ctx.moveTo(x, top + 8);
      ctx.lineTo(x + 4, top + 12.5);
      ctx.lineTo(x, top + 17);
      ctx.lineTo(x - 4, top + 12.5);
      break;
    case "steal":
      triangle(ctx, x - 5, bottom - 4, x + 2, bottom - 8, x + 2, bottom);
      break;
    case "overflow":
      ctx.rect(x - 2.5, top, 5, 5);
      break;
    case "timer":
      ctx.arc(x, bottom - 3, 2.2, 0, 7);
      break;
    default:
      triangle(ctx, x - 3.5, bottom, x + 3.5, bottom, x, bottom - 6);
  }
  ctx.fill();
}

function triangle(ctx, ax, ay, bx, by, cx, cy) {
  ctx.moveTo(ax, ay);
  ctx.lineTo(bx, by);
  ctx.lineTo(cx, cy);
}

/**
 * Calls `draw(x, n, i)` once for every `step` pixels in which there are moments: n of them, the first being the i-th. Skips
 * over crowds by bisection, so a million moments cost no more than there are pixels.
 */
function perPixel(total, momentOf, view, step, draw) {
  let i = lastAtOrBefore(total, momentOf, view.from) + 1;
  while (i < total) {
    const x = Math.floor(view.x(momentOf(i)) / step) * step;
    if (x > view.width) {
      return;
    }
    const until = view.timeAt(x + step);
    let next = i + 1;
    if (next < total && momentOf(next) < until) {
      next = lastAtOrBefore(total, momentOf, until) + 1;
      next = Math.max(next, i + 1);
    }
    draw(next - i === 1 ? view.x(momentOf(i)) : x + step / 2, next - i, i);
    i = next;
  }
}
