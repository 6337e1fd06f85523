// Draws the rows: processors, poller, sysmon, runnable tasks, and the lane of the task that is followed.

/** Up to here a row is drawn slice by slice even where bins would do: it is crisper. */
const FEW = 3000;

class Tracks {
  constructor(model, view, layout, marks, palette) {
    Object.assign(this, { model, view, layout, marks, palette });
    const { slices, polls, idles, sysmon } = model;
    const lod = (first, count, colourOf) =>
      new RowLod(slices.start, slices.run, first, count, model.from, model.to, colourOf);
    this.lods = model.processors.map((p) => lod(p.first, p.count, (i) => model.taskColour[slices.task[i]]));
    this.lodsOf = (flags) =>
      model.processors.map((p) =>
        lod(p.first, p.count, (i) => (flags[slices.task[i]] ? model.taskColour[slices.task[i]] : -1)),
      );
    this.pollLod = new RowLod(polls.start, polls.run, 0, polls.count, model.from, model.to, (i) => 0);
    this.idleRanges = this.#idleRanges(idles);
    this.idleLods = this.idleRanges.map(
      (r) => new RowLod(idles.start, idles.run, r.first, r.count, model.from, model.to, (i) => idles.inPoller[i]),
    );
    const ends = (keep) => Float64Array.from(indices(polls.count, keep), (i) => polls.start[i] + polls.run[i]);
    this.hits = ends((i) => polls.readied[i] > 0);
    this.rounds = sysmon.start;
    this.polledRounds = Float64Array.from(indices(sysmon.count, (i) => sysmon.polled[i]), (i) => sysmon.start[i]);
    this.retakes = Float64Array.from(indices(sysmon.count, (i) => sysmon.retaken[i] > 0), (i) => sysmon.start[i]);
    this.runnable = new RunnableGraph(model);
    this.globalQueues = this.#globalQueues(model.depths);
    this.filter = null;
    this.filterLods = null;
    this.selectedTask = -1;
  }

  /** The samples of each runtime's global queue. */
  #globalQueues(depths) {
    const queues = new Map();
    for (const i of indices(depths.count, (i) => depths.processor[i] < 0)) {
      const place = depths.processor[i];
      queues.set(place, queues.get(place) ?? []);
      queues.get(place).push(i);
    }
    return [...queues.values()];
  }

  #idleRanges(idles) {
    return this.model.processors.map((p) => {
      const first = lastAtOrBefore(idles.count, (i) => idles.processor[i], p.number - 1) + 1;
      return { first, count: lastAtOrBefore(idles.count, (i) => idles.processor[i], p.number) + 1 - first };
    });
  }

  /** Shows only tasks with a flag in full colour; null shows all. */
  setFilter(flags) {
    this.filter = flags;
    this.filterLods = flags ? this.lodsOf(flags) : null;
  }

  draw(ctx) {
    const { view, palette, layout } = this;
    ctx.fillStyle = palette.card;
    ctx.fillRect(0, 0, GUTTER + view.width, layout.height);
    ctx.textBaseline = "middle";
    for (const row of layout.rows) {
      this.#label(ctx, row);
      ctx.save();
      ctx.translate(GUTTER, 0);
      ctx.beginPath();
      ctx.rect(0, row.y - GAP / 2 - 1, view.width, row.h + GAP + 2);
      ctx.clip();
      this["draw_" + row.kind](ctx, row);
      ctx.restore();
    }
  }

  #label(ctx, row) {
    const { palette, view, model } = this;
    const middle = row.y + row.h / 2;
    ctx.textAlign = "left";
    if (row.kind === "processor") {
      ctx.font = LABEL_FONT;
      ctx.fillStyle = palette.ink;
      const label = fitting(ctx, model.processorName(row.index), GUTTER - LABEL_INDENT - SHARE_WIDTH);
      ctx.fillText(label, LABEL_INDENT, middle);
      ctx.font = "11px system-ui, sans-serif";
      ctx.fillStyle = palette.soft;
      ctx.textAlign = "right";
      const share = this.lods[row.index].share(view.from, view.to);
      ctx.fillText((100 * share).toFixed(share < 0.0995 ? 1 : 0) + " %", GUTTER - 12, middle);
      return;
    }
    const text = { ruler: "", poller: "poller", sysmon: "sysmon", graph: "runnable", lane: "task" }[row.kind];
    ctx.font = "11px system-ui, sans-serif";
    ctx.fillStyle = palette.soft;
    ctx.fillText(text, LABEL_INDENT, row.kind === "graph" ? row.y + 8 : middle);
  }

  draw_ruler(ctx, row) {
    const { view, palette } = this;
    const { step, ticks } = view.ticks();
    ctx.font = "11px system-ui, sans-serif";
    ctx.textAlign = "left";
    for (const t of ticks) {
      const x = Math.round(view.x(t)) + 0.5;
      ctx.fillStyle = palette.soft;
      ctx.fillText(moment(t, step), x + 5, row.y + row.h / 2 + 1);
      ctx.fillStyle = palette.line;
      ctx.fillRect(x - 0.5, row.y + 4, 1, row.h);
    }
    ctx.fillStyle = palette.alarm;
    const losses = this.marks.losses;
    perPixel(losses.length, (i) => losses[i].at, view, 3, (x) => ctx.fillRect(x - 1, row.y, 3, row.h));
  }

  draw_processor(ctx, row) {
    const { view, palette, model } = this;
    ctx.fillStyle = palette.row;
    ctx.fillRect(0, row.y, view.width, row.h);
    this.#idle(ctx, row);
    const p = model.processors[row.index];
    if (this.filter) {
      ctx.globalAlpha = 0.14;
      this.#slices(ctx, row, p, this.lods[row.index], null);
      ctx.globalAlpha = 1;
      this.#slices(ctx, row, p, this.filterLods[row.index], this.filter);
    } else {
      this.#slices(ctx, row, p, this.lods[row.index], null);
    }
    this.marks.draw(ctx, palette, view, row);
  }

  /** A thin line where the processor slept: in the poller's colour if its carrier slept there. */
  #idle(ctx, row) {
    const { palette, view } = this;
    this.idleLods[row.index].columns(view, 1, (x, w, h, colour) => {
      ctx.fillStyle = colour ? palette.poll : palette.line;
      ctx.fillRect(x, row.y + row.h - 2, w, 2);
    });
  }

  #slices(ctx, row, p, lod, flags) {
    const { view, palette } = this;
    const { start, run, task } = this.model.slices;
    const from = Math.max(p.first, p.first + lastAtOrBefore(p.count, (k) => start[p.first + k], view.from));
    const to = p.first + lastAtOrBefore(p.count, (k) => start[p.first + k], view.to) + 1;
    if (to - from > FEW && lod.fits(view.nanosPerPixel)) {
      lod.columns(view, row.h, (x, w, h, colour) => {
        ctx.fillStyle = palette.slices[colour];
        ctx.fillRect(x, row.y + row.h - h, w, h);
      });
      return;
    }
    const crowd = new Crowd(ctx, palette, row);
    for (let i = from; i < to; i++) {
      if (flags && !flags[task[i]]) {
        continue;
      }
      const x = view.x(start[i]);
      const width = run[i] / view.nanosPerPixel;
      const colour = this.model.taskColour[task[i]];
      if (width < 1.5) {
        crowd.add(x, width, colour);
      } else {
        crowd.flush();
        this.#slice(ctx, row, i, x, width, colour);
      }
    }
    crowd.flush();
  }

  #slice(ctx, row, i, x, width, colour) {
    const { view, palette, model } = this;
    const left = Math.max(-4, x);
    const w = Math.min(view.width + 4, x + width) - left;
    ctx.fillStyle = palette.slices[colour];
    if (w > 7) {
      ctx.beginPath();
      ctx.roundRect(left, row.y, w - 1, row.h, 3);
      ctx.fill();
    } else {
      ctx.fillRect(left, row.y, Math.max(1, w - (w > 3 ? 1 : 0)), row.h);
    }
    if (w > 36 && row.h >= 14) {
      const name = model.taskName(model.slices.task[i]);
      const room = Math.floor((w - 12) / 6.3);
      ctx.fillStyle = palette.sliceInk;
      ctx.font = "11px system-ui, sans-serif";
      ctx.textAlign = "left";
      const text = name.length > room ? name.slice(0, room - 1) + "…" : name;
      ctx.fillText(text, Math.max(left, 0) + 6, row.y + row.h / 2 + 0.5);
    }
  }

  draw_poller(ctx, row) {
    const { view, palette, model } = this;
    const { start, run, count: n } = model.polls;
    ctx.fillStyle = palette.row;
    ctx.fillRect(0, row.y, view.width, row.h);
    ctx.fillStyle = palette.poll;
    const from = Math.max(0, lastAtOrBefore(n, (i) => start[i], view.from));
    const to = lastAtOrBefore(n, (i) => start[i], view.to) + 1;
    if (to - from > FEW && this.pollLod.fits(view.nanosPerPixel)) {
      this.pollLod.columns(view, row.h, (x, w, h) => ctx.fillRect(x, row.y + row.h - h, w, h));
    } else {
      for (let i = from; i < to; i++) {
        ctx.fillRect(view.x(start[i]), row.y, Math.max(1, run[i] / view.nanosPerPixel - 0.5), row.h);
      }
    }
    ctx.fillStyle = palette.pollHit;
    // Alone, a hit is a full line; in a crowd the heights show where there are more.
    const hits = [];
    perPixel(this.hits.length, (i) => this.hits[i], view, 1, (x, n) => hits.push([x, n]));
    const most = hits.reduce((a, [, n]) => Math.max(a, n), 1);
    for (const [x, n] of hits) {
      const h = row.h * (0.15 + (0.85 * n) / most);
      ctx.fillRect(x - 0.75, row.y + row.h - h, 1.5, h);
    }
  }

  draw_sysmon(ctx, row) {
    const { view, palette } = this;
    ctx.fillStyle = palette.row;
    ctx.fillRect(0, row.y, view.width, row.h);
    const ticks = (moments, colour, width, height) => {
      ctx.fillStyle = colour;
      perPixel(moments.length, (i) => moments[i], view, width, (x) =>
        ctx.fillRect(x - width / 2, row.y + row.h - height, width, height),
      );
    };
    ticks(this.rounds, palette.faint, 1, row.h / 2);
    ticks(this.polledRounds, palette.pollHit, 2, row.h);
    ticks(this.retakes, palette.warm, 3, row.h);
  }

  draw_graph(ctx, row) {
    const { view, palette, runnable, model } = this;
    const most = new Float64Array(view.width + 1);
    let highest = 1;
    for (let x = 0; x <= view.width; x++) {
      most[x] = runnable.mostBetween(view.timeAt(x), view.timeAt(x + 1));
      highest = Math.max(highest, most[x]);
    }
    const y = (n) => row.y + row.h - 1 - (n / highest) * (row.h - 6);
    ctx.beginPath();
    ctx.moveTo(0, row.y + row.h);
    for (let x = 0; x <= view.width; x++) {
      ctx.lineTo(x, y(most[x]));
      ctx.lineTo(x + 1, y(most[x]));
    }
    ctx.lineTo(view.width + 1, row.y + row.h);
    ctx.fillStyle = palette.runnableSoft;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = palette.runnable;
    ctx.stroke();
    ctx.strokeStyle = palette.faint;
    for (const queue of this.globalQueues) {
      const at = (i) => model.depths.at[queue[i]];
      ctx.beginPath();
      perPixel(queue.length, at, view, 1, (x, n, i) => {
        ctx.lineTo(x, y(Math.min(highest, model.depths.depth[queue[i]])));
      });
      ctx.stroke();
    }
    ctx.fillStyle = palette.soft;
    ctx.font = "11px system-ui, sans-serif";
    ctx.textAlign = "left";
    ctx.fillText(count(highest), 4, row.y + 8);
    ctx.fillStyle = palette.line;
    ctx.fillRect(0, row.y + row.h, view.width, 1);
  }

  /** Everything the selected task did: waiting (thin), runnable (amber), running. */
  draw_lane(ctx, row) {
    const { view, palette, model } = this;
    ctx.fillStyle = palette.row;
    ctx.fillRect(0, row.y, view.width, row.h);
    if (this.selectedTask < 0) {
      ctx.fillStyle = palette.faint;
      ctx.font = "11px system-ui, sans-serif";
      ctx.textAlign = "left";
      ctx.fillText("click a slice to follow its task", 10, row.y + row.h / 2);
      return;
    }
    const own = model.slicesOf(this.selectedTask);
    const { start, run, runnable, waited, waitedFor } = model.slices;
    const colour = palette.slices[model.taskColour[this.selectedTask]];
    const bar = (from, to, fill, y, h, least) => {
      if (fill && to > from && view.x(to) >= 0 && view.x(from) <= view.width) {
        const x = Math.max(-2, view.x(from));
        ctx.fillStyle = fill;
        ctx.fillRect(x, row.y + y, Math.max(least, Math.min(view.width + 2, view.x(to)) - x), h);
      }
    };
    const first = Math.max(0, lastAtOrBefore(own.length, (k) => start[own[k]], view.from));
    let drawnUntil = -Infinity;
    for (let k = first; k < own.length; k++) {
      const i = own[k];
      const queued = start[i] - Math.max(0, runnable[i]);
      const since = queued - Math.max(0, waited[i]);
      if (since > view.to) {
        break;
      }
      const end = start[i] + run[i];
      // A pixel that is taken already is not painted over and over.
      if (view.x(end) < drawnUntil) {
        continue;
      }
      bar(since, queued, palette.waiting(model.strings[waitedFor[i]]), row.h / 2 - 2, 4, 0);
      bar(queued, start[i], palette.runnable, row.h / 2 - 5, 10, 0);
      bar(start[i], end, colour, 3, row.h - 6, 1);
      drawnUntil = Math.floor(view.x(end)) + 0.5;
    }
  }
}

/** Slices too short for a pixel: each column shows how full it is, in the colour of the longest. */
class Crowd {
  constructor(ctx, palette, row) {
    Object.assign(this, { ctx, palette, row, x: -1, sum: 0, longest: 0, colour: 0 });
  }

  add(x, width, colour) {
    const column = Math.floor(x);
    if (column !== this.x) {
      this.flush();
      this.x = column;
    }
    this.sum += width;
    if (width >= this.longest) {
      this.longest = width;
      this.colour = colour;
    }
  }

  flush() {
    if (this.sum > 0 || this.longest > 0) {
      const { row } = this;
      const h = Math.max(3, Math.round(Math.min(1, this.sum) * row.h));
      this.ctx.fillStyle = this.palette.slices[this.colour];
      this.ctx.fillRect(this.x, row.y + row.h - h, 1, h);
    }
    this.sum = 0;
    this.longest = 0;
    this.x = -1;
  }
}

function indices(total, keep) {
  const list = [];
  for (let i = 0; i < total; i++) {
    if (keep(i)) {
      list.push(i);
    }
  }
  return list;
}
