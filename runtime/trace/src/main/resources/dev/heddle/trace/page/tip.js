// The little card beside the pointer that says what is under it.

class Tip {
  constructor(element, app) {
    this.element = element;
    this.app = app;
  }

  hide() {
    this.element.hidden = true;
  }

  /** Shows what is under the pointer; returns the slice, −1 if it is none. */
  point(x, y, clientX, clientY) {
    const { model, view, layout, marks } = this.app;
    const row = layout.at(y);
    const at = view.timeAt(x);
    if (!row || x < 0) {
      this.#show(row?.kind === "processor" ? this.#processor(row.index) : null, clientX, clientY);
      return -1;
    }
    let slice = -1;
    let content = null;
    if (row.kind === "processor") {
      const mark = marks.near(view, x, row);
      slice = model.sliceAt(row.index, at, view.nanosPerPixel * 3);
      content = mark ? this.#mark(mark) : slice >= 0 ? this.#slice(slice) : null;
    } else if (row.kind === "poller") {
      const poll = model.pollAt(at, view.nanosPerPixel * 2);
      content = poll >= 0 ? this.#poll(poll) : null;
    } else if (row.kind === "graph") {
      content = this.#queues(at);
    } else if (row.kind === "sysmon") {
      content = this.#round(at);
    } else if (row.kind === "lane") {
      slice = this.#laneSlice(at);
      content = slice >= 0 ? this.#slice(slice) : null;
    }
    this.#show(content, clientX, clientY);
    return slice;
  }

  #show(content, clientX, clientY) {
    this.element.hidden = content === null;
    if (content === null) {
      return;
    }
    this.element.replaceChildren(...content);
    const { offsetWidth: w, offsetHeight: h } = this.element;
    const left = clientX + 16 + w > innerWidth ? clientX - w - 12 : clientX + 16;
    const top = clientY + 16 + h > innerHeight ? clientY - h - 12 : clientY + 16;
    this.element.style.left = Math.max(4, left) + "px";
    this.element.style.top = Math.max(4, top) + "px";
  }

  #table(title, rows) {
    const lines = rows.filter((row) => row).map(([k, v]) => el("tr", {}, el("td", {}, k), el("td", {}, v)));
    return [el("b", {}, title), el("table", {}, ...lines)];
  }

  #slice(i) {
    const { model, view } = this.app;
    const s = model.slices;
    return this.#table(model.taskLabel(s.task[i]), [
      ["ran", span(s.run[i]) + " on " + model.processorName(model.sliceProcessor[i])],
      ["at", moment(s.start[i], view.nanosPerPixel)],
      s.runnable[i] >= 0 && ["runnable", span(s.runnable[i])],
      s.waited[i] > 0 && ["waited", span(s.waited[i]) + " (" + model.strings[s.waitedFor[i]] + ")"],
      ["readied by", readierText(model, i)],
      ["ended", endText(model, i)],
    ]);
  }

  #processor(index) {
    const { model, view, tracks } = this.app;
    const p = model.processors[index];
    return this.#table("processor " + model.placeName(p.number), [
      p.carrier >= 0 && ["carrier", "thread " + p.carrier],
      ["slices", count(p.count)],
      ["busy here", (100 * tracks.lods[index].share(view.from, view.to)).toFixed(1) + " %"],
      ["busy in all", (100 * tracks.lods[index].share(view.fullFrom, view.fullTo)).toFixed(1) + " %"],
    ]);
  }

  #poll(i) {
    const { model, view } = this.app;
    const p = model.polls;
    const timeout = p.timeout[i] < 0 ? "blocking" : p.timeout[i] === 0 ? "not blocking" : "at most " + span(p.timeout[i]);
    return this.#table("poll, " + timeout, [
      ["by", model.placeName(p.processor[i], "sysmon")],
      ["lasted", span(p.run[i])],
      ["at", moment(p.start[i], view.nanosPerPixel)],
      ["events", count(p.events[i])],
      ["readied", plural(p.readied[i], "task")],
      p.wokenUp[i] && ["ended by", "a wakeup"],
    ]);
  }

  #mark(mark) {
    const { model, view } = this.app;
    const { kind, text } = mark;
    const other = (before) => mark.other >= 0 && [before, model.placeName(mark.other)];
    const content = this.#table(kind, [
      ["at", moment(mark.at, view.nanosPerPixel)],
      mark.task >= 0 && ["task", model.taskLabel(mark.task)],
      kind === "handoff" && other("to"),
      kind === "handoff" && ["because", text],
      kind === "steal" && other("from"),
      kind === "wake" && other("by"),
      (kind === "steal" || kind === "overflow") && ["took", plural(mark.value, "task")],
      kind === "timer" && ["late by", span(mark.value)],
      kind === "monopoly" && ["had run", span(mark.value)],
    ]);
    return kind === "monopoly" && text ? [...content, el("pre", {}, text.split("\n").slice(0, 12).join("\n"))] : content;
  }

  #queues(at) {
    const { model, view, tracks } = this.app;
    const d = model.depths;
    const last = lastAtOrBefore(d.count, (i) => d.at[i], at);
    const sampled = new Map();
    for (let i = last; i >= 0 && i > last - 2 * (model.processors.length + model.meta.runtimes.length); i--) {
      if (!sampled.has(d.processor[i])) {
        sampled.set(d.processor[i], d.depth[i]);
      }
    }
    const queues = [...sampled].sort(([a], [b]) => runtimeOf(a) - runtimeOf(b) || a - b).slice(0, 12);
    return this.#table(plural(tracks.runnable.at(at), "task") + " runnable", [
      ["at", moment(at, view.nanosPerPixel)],
      ...queues.map(([p, n]) => [(p < 0 ? "" : "queue of ") + model.placeName(p, "global queue"), count(n)]),
    ]);
  }

  #round(at) {
    const { model, view } = this.app;
    const s = model.sysmon;
    const i = lastAtOrBefore(s.count, (k) => s.start[k], at + view.nanosPerPixel * 2);
    if (i < 0 || at - s.start[i] > Math.max(s.run[i], view.nanosPerPixel * 4)) {
      return null;
    }
    return this.#table(model.placeName(s.place[i], "sysmon"), [
      ["round of", span(s.run[i])],
      ["slept before", span(s.slept[i])],
      ["polled", s.polled[i] ? "yes, nobody had for 10 ms" : "no"],
      s.retaken[i] > 0 && ["retook", plural(s.retaken[i], "processor")],
    ]);
  }

  #laneSlice(at) {
    const { model, tracks } = this.app;
    if (tracks.selectedTask < 0) {
      return -1;
    }
    const own = model.slicesOf(tracks.selectedTask);
    const k = lastAtOrBefore(own.length, (n) => model.slices.start[own[n]], at);
    // In the gap before a slice that slice is meant: its card says what was waited for.
    const next = own[Math.min(own.length - 1, k < 0 || model.endOf(own[k]) < at ? k + 1 : k)];
    return next === undefined ? -1 : next;
  }
}

function readierText(model, i) {
  const s = model.slices;
  const kind = model.strings[s.readier[i]];
  if (kind === "task") {
    return s.readierTask[i] >= 0 ? model.taskLabel(s.readierTask[i]) : "a task";
  }
  const by = {
    start: "its start",
    poller: "the poller",
    timer: "a timer",
    external: "a thread outside",
    yield: "itself (yield)",
    unknown: "not recorded",
  };
  return by[kind] ?? kind;
}

function endText(model, i) {
  const s = model.slices;
  const end = model.strings[s.end[i]];
  const fd = s.fd[i] >= 0 ? " on fd " + s.fd[i] : "";
  const peer = s.peer[i] >= 0 ? " " + model.strings[s.peer[i]] : "";
  return (end === "running" ? "not before the recording did" : end) + fd + peer;
}
