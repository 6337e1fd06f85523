// The cards under the timeline: the selected slice and the lists; and the search above it.

const SHOWN_DELAYS = 50;
const SHOWN_READIED = 24;
const SHOWN_RESULTS = 40;

class Panels {
  constructor(app) {
    this.app = app;
    this.selection = document.getElementById("selection");
    this.showSelection(-1);
    this.#delays();
    this.#names();
    this.#search();
    this.#markLegend();
    this.#tabs();
  }

  #tabs() {
    const tabs = [...document.querySelectorAll("#tabs [role=tab]")];
    const show = (shown) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", String(tab === shown));
        tab.tabIndex = tab === shown ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== shown;
      }
    };
    tabs.forEach((tab, at) => {
      tab.addEventListener("click", () => show(tab));
      tab.addEventListener("keydown", (e) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
        if (step) {
          const next = tabs[(at + step + tabs.length) % tabs.length];
          show(next);
          next.focus();
          e.stopPropagation();
        }
      });
    });
    show(tabs[0]);
  }

  link(text, slice) {
    return el("button", { class: "link", "data-slice": slice, onclick: () => this.app.select(slice, true) }, text);
  }

  showSelection(slice) {
    const { model } = this.app;
    for (const row of document.querySelectorAll("#delays tbody tr")) {
      row.classList.toggle("here", Number(row.dataset.slice) === slice);
    }
    if (slice < 0) {
      const hint =
        "Click a slice: its task's whole life appears in the lane, an arrow shows what readied it, others what it readied. " +
        "Keys [ and ] walk along the task, r goes to the readier.";
      this.selection.replaceChildren(el("p", { class: "hint" }, hint));
      return;
    }
    const s = model.slices;
    const from = s.readierSlice[slice];
    const by = from >= 0 ? this.link(readierText(model, slice), from) : readierText(model, slice);
    const own = model.slicesOf(s.task[slice]);
    const parent = model.tasks.parent[s.task[slice]];
    const rows = [
      ["ran", span(s.run[slice]) + " on " + model.processorName(model.sliceProcessor[slice]) + " at " + moment(s.start[slice], 100)],
      ["readied by", by],
      s.readierPoll[slice] >= 0 && ["seen → queued → run", span(s.seen[slice]) + ", then " + span(s.runnable[slice])],
      s.readierPoll[slice] < 0 && s.runnable[slice] >= 0 && ["runnable", span(s.runnable[slice])],
      s.waited[slice] >= 0 && ["waited before", span(s.waited[slice]) + " (" + model.strings[s.waitedFor[slice]] + ")"],
      ...this.app.waits.rows(slice),
      ["ended", endText(model, slice)],
      parent >= 0 && ["created by", model.taskLabel(parent)],
      ["of the task", plural(own.length, "slice") + ", " + span(own.reduce((sum, i) => sum + s.run[i], 0)) + " running"],
    ];
    const list = rows.filter((row) => row).flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]);
    this.selection.replaceChildren(
      el("div", { class: "head" }, el("h3", {}, model.taskLabel(s.task[slice])), this.#ways(slice)),
      this.#bar(slice),
      el("dl", {}, ...list),
      ...this.#readied(slice),
    );
  }

  /** Waited, runnable, run: where the time since the last slice went. */
  #bar(slice) {
    const { model, palette } = this.app;
    const s = model.slices;
    const part = (nanos, colour) => el("span", { style: `flex: ${Math.max(0, nanos)} 0 0; background: ${colour}` });
    return el(
      "div",
      { class: "bar", title: "waited, runnable, run" },
      part(s.waited[slice], palette.waiting(model.strings[s.waitedFor[slice]]) ?? palette.line),
      part(s.runnable[slice], palette.runnable),
      part(s.run[slice], palette.slices[model.taskColour[s.task[slice]]]),
    );
  }

  #ways(slice) {
    const { model } = this.app;
    const before = model.neighbour(slice, -1);
    const after = model.neighbour(slice, 1);
    return el(
      "nav",
      {},
      before >= 0 ? this.link("← before", before) : null,
      after >= 0 ? this.link("after →", after) : null,
    );
  }

  #readied(slice) {
    const { model } = this.app;
    const readied = model.readiedBy(slice);
    if (readied.length === 0) {
      return [];
    }
    const links = Array.from(readied.subarray(0, SHOWN_READIED), (i) =>
      this.link(model.taskLabel(model.slices.task[i]) + " after " + span(Math.max(0, model.slices.runnable[i])), i),
    );
    const rest = readied.length - links.length;
    return [
      el("h2", { style: "margin: 8px 0 2px" }, "Readied " + plural(readied.length, "task")),
      el("nav", {}, ...links, rest > 0 ? el("span", {}, "… and " + count(rest) + " more") : null),
    ];
  }

  #delays() {
    const { model } = this.app;
    const s = model.slices;
    const body = document.querySelector("#delays tbody");
    const rows = model.worstDelays(SHOWN_DELAYS).map((i) =>
      el(
        "tr",
        { "data-slice": i, tabindex: 0, onclick: () => this.app.jumpToDelay(i), onkeydown: (e) => e.key === "Enter" && this.app.jumpToDelay(i) },
        el("td", {}, span(s.runnable[i])),
        el("td", {}, moment(model.queuedAt(i), 1000)),
        el("td", {}, model.processorName(model.sliceProcessor[i])),
        el("td", { title: model.taskLabel(s.task[i]) }, model.taskLabel(s.task[i])),
        el("td", {}, model.strings[s.readier[i]]),
      ),
    );
    body.replaceChildren(...rows);
  }

  #names() {
    const { model, palette } = this.app;
    const list = model.groups.slice(0, 200).map((group) =>
      el(
        "button",
        { "aria-pressed": "false", title: `${plural(group.tasks, "task")}, ${plural(group.slices, "slice")}: click to see only these`, onclick: (e) => this.#only(group, e.currentTarget) },
        el("span", { class: "swatch", "data-colour": group.colour, style: "background:" + palette.slices[group.colour] }),
        el("span", {}, group.name),
        el("small", {}, span(group.run)),
      ),
    );
    document.getElementById("names").replaceChildren(...list);
  }

  #only(group, button) {
    const on = button.getAttribute("aria-pressed") === "true";
    this.clearFilter();
    if (!on) {
      button.setAttribute("aria-pressed", "true");
      const { model } = this.app;
      this.app.filter(Uint8Array.from(model.taskGroup, (g) => (g === group ? 1 : 0)));
    }
  }

  clearFilter() {
    for (const pressed of document.querySelectorAll("#names [aria-pressed=true]")) {
      pressed.setAttribute("aria-pressed", "false");
    }
    document.getElementById("search").value = "";
    document.getElementById("results").hidden = true;
    this.app.filter(null);
  }

  /** After the theme changed. */
  recolour() {
    for (const swatch of document.querySelectorAll(".swatch[data-colour]")) {
      swatch.style.background = this.app.palette.slices[swatch.dataset.colour];
    }
    this.showSelection(this.app.overlay.selected);
    this.#markLegend();
  }

  #search() {
    const input = document.getElementById("search");
    const results = document.getElementById("results");
    let timer = 0;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.search(input.value), 90);
    });
    input.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        this.search(input.value);
        results.querySelector("button")?.click();
        e.preventDefault();
      } else if (e.key === "Escape") {
        this.clearFilter();
        input.blur();
      } else if (e.key === "ArrowDown") {
        results.querySelector("button")?.focus();
      }
      e.stopPropagation();
    });
    document.addEventListener("pointerdown", (e) => {
      if (!e.target.closest(".search")) {
        results.hidden = true;
      }
    });
  }

  search(text) {
    const { model } = this.app;
    const results = document.getElementById("results");
    if (text.trim() === "") {
      this.clearFilter();
      return;
    }
    const { flags, found } = model.find(text);
    this.app.filter(flags);
    const first = [];
    for (let t = 0; t < flags.length && first.length < SHOWN_RESULTS; t++) {
      if (flags[t] && model.slicesOf(t).length > 0) {
        first.push(t);
      }
    }
    const rows = first.map((t) => {
      const own = model.slicesOf(t);
      const colour = this.app.palette.slices[model.taskColour[t]];
      return el(
        "button",
        { onclick: () => ((results.hidden = true), this.app.select(own[0], true)) },
        el("span", { class: "swatch", style: "background:" + colour }),
        el("span", {}, model.taskLabel(t)),
        el("small", {}, plural(own.length, "slice")),
      );
    });
    results.replaceChildren(el("p", { id: "found" }, found === 0 ? "no task has that name or id" : plural(found, "task")), ...rows);
    results.hidden = false;
  }

  #markLegend() {
    const { marks, palette } = this.app;
    const chips = Object.entries(MARK_STYLE).map(([kind, style]) => {
      const chip = el(
        "button",
        { "aria-pressed": String(marks.shown.has(kind)), title: "show or hide" },
        el("i", { style: "color:" + palette[style.colour] }, style.glyph),
        style.label + " " + count(marks.count(kind)),
      );
      chip.addEventListener("click", () => {
        marks.toggle(kind);
        chip.setAttribute("aria-pressed", String(marks.shown.has(kind)));
        this.app.redraw();
      });
      return chip;
    });
    const key = (colour, text) => el("span", {}, el("i", { style: "color:" + colour }, "▬"), text);
    document
      .getElementById("marks")
      .replaceChildren(
        ...chips,
        el("span", { class: "spring" }),
        key(palette.poll, "waiting in the poller"),
        key(palette.pollHit, "tasks readied"),
        key(palette.runnable, "runnable"),
      );
  }
}
