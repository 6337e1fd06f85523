// What lies over the rows: the pointer's slice, the selected one, and arrows from readier to readied.

/** Arrows to what a slice readied; more would hide the timeline. */
const MAX_ARROWS = 150;

class Overlay {
  constructor(model, view, layout, palette) {
    Object.assign(this, { model, view, layout, palette, hover: -1, selected: -1, brush: null });
  }

  draw(ctx) {
    ctx.clearRect(0, 0, GUTTER + this.view.width, this.layout.height);
    ctx.save();
    ctx.translate(GUTTER, 0);
    ctx.beginPath();
    ctx.rect(0, 0, this.view.width, this.layout.height);
    ctx.clip();
    if (this.selected >= 0) {
      this.#ways(ctx, this.selected);
      this.#outline(ctx, this.selected, this.palette.ink, 2);
    }
    if (this.hover >= 0 && this.hover !== this.selected) {
      this.#outline(ctx, this.hover, this.palette.ink, 1);
    }
    if (this.brush) {
      const [a, b] = this.brush;
      ctx.fillStyle = this.palette.accentSoft;
      ctx.fillRect(Math.min(a, b), 0, Math.abs(b - a), this.layout.height);
    }
    ctx.restore();
  }

  #row(slice) {
    return this.layout.processor(this.model.sliceProcessor[slice]);
  }

  #outline(ctx, slice, colour, width) {
    const row = this.#row(slice);
    const { view } = this;
    const x = Math.max(-6, view.x(this.model.slices.start[slice]));
    const end = Math.min(view.width + 6, view.x(this.model.endOf(slice)));
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.roundRect(x - 1, row.y - 1, Math.max(3, end - x + 1), row.h + 2, 4);
    ctx.stroke();
  }

  /** How the slice came to run, and what it set going. */
  #ways(ctx, slice) {
    const { model, palette, view } = this;
    const { slices } = model;
    const row = this.#row(slice);
    const start = view.x(slices.start[slice]);
    const queued = view.x(model.queuedAt(slice));
    if (slices.runnable[slice] > 0) {
      ctx.fillStyle = palette.runnable;
      ctx.fillRect(queued, row.y + row.h - 3, Math.max(1, start - queued), 3);
    }
    const from = slices.readierSlice[slice];
    const poll = slices.readierPoll[slice];
    if (from >= 0) {
      const source = this.#row(from);
      this.#arrow(ctx, queued, source.y + source.h / 2, start, row, palette.warm);
    } else if (poll >= 0) {
      const source = this.layout.row(model.polls.processor[poll] < 0 ? "sysmon" : "poller");
      this.#arrow(ctx, view.x(model.seenAt(slice)), source.y + source.h / 2, start, row, palette.pollHit);
    }
    const readied = model.readiedBy(slice);
    for (let k = 0; k < Math.min(MAX_ARROWS, readied.length); k++) {
      const to = readied[k];
      const x = view.x(model.queuedAt(to));
      this.#arrow(ctx, x, row.y + row.h / 2, view.x(slices.start[to]), this.#row(to), palette.accent);
    }
  }

  #arrow(ctx, x0, y0, x1, row, colour) {
    if ((x0 < -50 && x1 < -50) || (x0 > this.view.width + 50 && x1 > this.view.width + 50)) {
      return;
    }
    const y1 = row.y + row.h / 2;
    const bend = Math.max(18, Math.min(90, Math.abs(x1 - x0) * 0.4));
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1 - 4, y1);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x0, y0, 2.5, 0, 7);
    triangle(ctx, x1, y1, x1 - 7, y1 - 4, x1 - 7, y1 + 4);
    ctx.fill();
  }
}
