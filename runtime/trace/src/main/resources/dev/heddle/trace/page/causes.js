// The first card: what delayed tasks most, each cause a step away from where it was worst.

/** Spans of the recorder's and the scheduler's clock differ by less. */
const CLOCKS_APART = 20_000;

class Causes {
  constructor(app) {
    this.app = app;
    const { causes, operatingSystem } = app.model.meta;
    const most = causes.length === 0 ? 1 : causes[0].totalNanos;
    const rows = causes.map((cause) => this.#row(cause, most));
    const system = operatingSystem.lines.map((line) => el("p", { class: "hint" }, line));
    if (rows.length === 0) {
      rows.push(el("p", { class: "hint" }, "Nothing of the program's own."));
    }
    document.getElementById("causes").replaceChildren(...rows, ...system);
  }

  #row(cause, most) {
    const lines = [cause.extent, ...cause.details].map((line) => el("small", {}, line));
    const share = `width: ${Math.max(1, (100 * cause.totalNanos) / most)}%`;
    return el(
      "button",
      { "data-kind": cause.kind, title: "Show where it was worst", onclick: () => this.#show(cause) },
      el("b", {}, cause.headline),
      el("span", { class: "total" }, span(cause.totalNanos)),
      el("i", { style: share }),
      ...lines,
    );
  }

  /** Selects the slice with which the worst delay ended, if it is in the part that is shown. */
  #show(cause) {
    const { app } = this;
    const { model } = app;
    const until = cause.worstAtNanos + cause.worstNanos;
    const task = model.tasks.id.indexOf(cause.worstTaskId);
    const own = task < 0 ? [] : model.slicesOf(task);
    const slice = own.find((i) => model.endOf(i) >= until - CLOCKS_APART) ?? -1;
    app.view.focus(cause.worstAtNanos, slice < 0 ? until : Math.max(until, model.endOf(slice)));
    app.select(slice, false);
  }
}
