// Puts the page together and owns what is selected, filtered and on screen.

class App {
  constructor(model) {
    this.model = model;
    this.elements = { stage: byId("stage"), tracks: byId("tracks"), overlay: byId("overlay"), tip: byId("tip") };
    this.palette = new Palette();
    this.view = new View(model.from, model.to);
    this.layout = new Layout(model);
    this.marks = new Marks(model);
    this.tracks = new Tracks(model, this.view, this.layout, this.marks, this.palette);
    this.overlay = new Overlay(model, this.view, this.layout, this.palette);
    this.minimap = new Minimap(byId("minimap"), this.tracks, this.view, this.palette);
    this.tip = new Tip(this.elements.tip, this);
    this.panels = new Panels(this);
    this.causes = new Causes(this);
    this.waits = new Waits(this);
    this.drawPending = false;
    this.minimap.listen(() => this.redraw());
    listen(this);
    new ResizeObserver(() => this.resize()).observe(this.elements.stage);
    this.resize();
  }

  resize() {
    const { stage, tracks, overlay } = this.elements;
    const width = stage.clientWidth;
    this.layout.arrange(stage.clientHeight);
    this.tracksContext = sizeCanvas(tracks, width, this.layout.height);
    measureGutter(this.tracksContext, this.model.processors.map((_, index) => this.model.processorName(index)), width);
    this.view.width = Math.max(50, width - GUTTER);
    this.overlayContext = sizeCanvas(overlay, width, this.layout.height);
    tracks.style.width = overlay.style.width = width + "px";
    this.minimap.resize();
    this.draw();
  }

  /** Draws in the next frame, once however often it is asked for. */
  redraw() {
    if (!this.drawPending) {
      this.drawPending = true;
      requestAnimationFrame(() => {
        this.drawPending = false;
        this.draw();
      });
    }
  }

  draw() {
    this.tracks.draw(this.tracksContext);
    this.overlay.draw(this.overlayContext);
    this.minimap.draw();
  }

  hover(e) {
    const slice = this.tip.point(e.offsetX - GUTTER, e.offsetY, e.clientX, e.clientY);
    this.elements.tracks.classList.toggle("pointing", slice >= 0);
    if (slice !== this.overlay.hover) {
      this.overlay.hover = slice;
      this.overlay.draw(this.overlayContext);
    }
  }

  leave() {
    this.tip.hide();
    this.overlay.hover = -1;
    this.overlay.draw(this.overlayContext);
  }

  click(e) {
    this.select(this.tip.point(e.offsetX - GUTTER, e.offsetY, e.clientX, e.clientY), false);
  }

  /** Selects a slice (−1: none), and brings it into view if `reveal`. */
  select(slice, reveal) {
    this.overlay.selected = slice;
    this.tracks.selectedTask = slice < 0 ? -1 : this.model.slices.task[slice];
    if (slice >= 0 && reveal) {
      this.tip.hide();
      this.view.reveal(this.model.queuedAt(slice), this.model.endOf(slice));
    }
    this.panels.showSelection(slice);
    this.redraw();
  }

  jumpToDelay(slice) {
    this.view.focus(this.model.queuedAt(slice), this.model.endOf(slice));
    this.select(slice, false);
  }

  focusSelected() {
    const { selected } = this.overlay;
    if (selected >= 0) {
      this.view.focus(this.model.queuedAt(selected), this.model.endOf(selected));
    }
  }

  walk(step) {
    const next = this.overlay.selected < 0 ? -1 : this.model.neighbour(this.overlay.selected, step);
    if (next >= 0) {
      this.select(next, true);
    }
  }

  toReadier() {
    const { selected } = this.overlay;
    const from = selected < 0 ? -1 : this.model.slices.readierSlice[selected];
    if (from >= 0) {
      this.select(from, true);
    }
  }

  toReadied() {
    const { selected } = this.overlay;
    const readied = selected < 0 ? [] : this.model.readiedBy(selected);
    if (readied.length > 0) {
      this.select(readied[0], true);
    }
  }

  filter(flags) {
    this.tracks.setFilter(flags);
    this.redraw();
  }

  letGo() {
    this.panels.clearFilter();
    this.select(-1, false);
  }

  toggleTheme() {
    Palette.toggle();
    this.palette.read();
    this.minimap.repaint();
    this.panels.recolour();
    this.redraw();
  }
}

function byId(id) {
  return document.getElementById(id);
}

function showHead(model) {
  const { meta, slices, tasks, processors } = model;
  byId("title").textContent = meta.file;
  document.title = meta.file + " · heddle trace";
  byId("facts").textContent = [
    span(model.to - model.from),
    plural(slices.count, "slice"),
    plural(tasks.count, "task"),
    plural(processors.length, "processor"),
  ].join(" · ");
  byId("warnings").textContent = byId("warnings").title = meta.warnings.join(" · ");
}

async function main() {
  Palette.prefer();
  const meta = JSON.parse(byId("meta").textContent);
  const data = byId("data");
  const bytes = await inflate(data.textContent.trim());
  data.remove();
  const model = new Model(decodeTrace(bytes), meta);
  showHead(model);
  byId("loading").remove();
  const app = new App(model);
  byId("fit").onclick = () => (app.view.fit(), app.redraw());
  byId("theme").onclick = () => app.toggleTheme();
  byId("help-button").onclick = () => byId("help").showModal();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => Palette.dark() === matchMedia("(prefers-color-scheme: dark)").matches || app.toggleTheme());
  window.heddle = app; // For the console, and for tests.
}

main().catch((error) => {
  const place = byId("loading") ?? byId("stage");
  place.textContent = "This trace cannot be shown: " + error.message;
  throw error;
});
