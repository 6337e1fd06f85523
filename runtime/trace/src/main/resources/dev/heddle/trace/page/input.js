// Wheel, drag and keys.

/** Pixels a pointer may move between press and release and still be a click. */
const CLICK_SLOP = 4;
const KEY_ZOOM = 1.6;

function listen(app) {
  const { tracks: canvas } = app.elements;
  listenWheel(app, canvas);
  listenPointer(app, canvas);
  document.addEventListener("keydown", (e) => {
    const typing = e.target instanceof HTMLInputElement;
    if (!typing && !e.ctrlKey && !e.metaKey && !e.altKey && !document.getElementById("help").open && key(app, e)) {
      e.preventDefault();
    }
  });
}

function listenWheel(app, canvas) {
  canvas.addEventListener(
    "wheel",
    (e) => {
      if (e.altKey) {
        return; // Leaves scrolling among many processors to the browser.
      }
      e.preventDefault();
      const pixels = e.deltaMode === 0 ? 1 : e.deltaMode === 1 ? 16 : 400;
      const dx = e.deltaX * pixels;
      const dy = e.deltaY * pixels;
      if (e.shiftKey || Math.abs(dx) > Math.abs(dy)) {
        app.view.pan(e.shiftKey && dx === 0 ? dy : dx);
      } else {
        app.view.zoom(Math.exp(-dy * 0.0022), Math.max(0, e.offsetX - GUTTER));
      }
      app.redraw();
    },
    { passive: false },
  );
}

function listenPointer(app, canvas) {
  let press = null;
  canvas.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) {
      return;
    }
    canvas.setPointerCapture(e.pointerId);
    press = { x: e.offsetX, lastX: e.offsetX, moved: false, brush: e.shiftKey };
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!press) {
      app.hover(e);
      return;
    }
    press.moved ||= Math.abs(e.offsetX - press.x) > CLICK_SLOP;
    if (!press.moved) {
      return;
    }
    canvas.classList.add("dragging");
    app.tip.hide();
    if (press.brush) {
      app.overlay.brush = [press.x - GUTTER, e.offsetX - GUTTER];
    } else {
      app.view.pan(press.lastX - e.offsetX);
      press.lastX = e.offsetX;
    }
    app.redraw();
  });
  const release = (e) => {
    canvas.classList.remove("dragging");
    if (press && press.moved && press.brush) {
      const [a, b] = app.overlay.brush.map((x) => app.view.timeAt(x));
      app.view.set(Math.min(a, b), Math.max(a, b));
    } else if (press && !press.moved && e.type === "pointerup") {
      app.click(e);
    }
    app.overlay.brush = null;
    press = null;
    app.redraw();
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => !press && app.leave());
  canvas.addEventListener("dblclick", (e) => {
    app.view.zoom(3, e.offsetX - GUTTER);
    app.redraw();
  });
}

/** Whether the key was one of ours. */
function key(app, e) {
  const { view } = app;
  const middle = view.width / 2;
  const step = view.width * (e.shiftKey ? 0.9 : 0.15);
  const actions = {
    ArrowLeft: () => view.pan(-step),
    ArrowRight: () => view.pan(step),
    a: () => view.pan(-step),
    d: () => view.pan(step),
    A: () => view.pan(-step),
    D: () => view.pan(step),
    "+": () => view.zoom(KEY_ZOOM, middle),
    "=": () => view.zoom(KEY_ZOOM, middle),
    w: () => view.zoom(KEY_ZOOM, middle),
    "-": () => view.zoom(1 / KEY_ZOOM, middle),
    s: () => view.zoom(1 / KEY_ZOOM, middle),
    0: () => view.fit(),
    f: () => app.focusSelected(),
    "[": () => app.walk(-1),
    "]": () => app.walk(1),
    r: () => app.toReadier(),
    e: () => app.toReadied(),
    t: () => app.toggleTheme(),
    "/": () => document.getElementById("search").focus(),
    "?": () => document.getElementById("help").showModal(),
    Escape: () => app.letGo(),
  };
  const action = actions[e.key];
  if (!action) {
    return false;
  }
  action();
  app.redraw();
  return true;
}
