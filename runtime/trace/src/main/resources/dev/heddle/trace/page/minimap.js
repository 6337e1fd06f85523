// The whole recording in one strip: how busy the processors were, and which part is on screen.

class Minimap {
  constructor(canvas, tracks, view, palette) {
    Object.assign(this, { canvas, tracks, view, palette, width: 1, height: 1 });
  }

  resize() {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.ctx = sizeCanvas(this.canvas, this.width, this.height);
    this.busy = this.#busy();
    this.repaint();
  }

  #busy() {
    const { lods } = this.tracks;
    const { fullFrom, fullTo } = this.view;
    const busy = new Float64Array(Math.max(1, this.width));
    const per = (fullTo - fullFrom) / busy.length;
    for (const lod of lods) {
      for (let x = 0; x < busy.length; x++) {
        busy[x] += lod.share(fullFrom + x * per, fullFrom + (x + 1) * per) / Math.max(1, lods.length);
      }
    }
    return busy;
  }

  /** Paints the strip once, not in every frame. */
  repaint() {
    const { palette, width, height, busy } = this;
    this.strip ??= document.createElement("canvas");
    const ctx = sizeCanvas(this.strip, width, height);
    ctx.fillStyle = palette.row;
    ctx.fillRect(0, 0, width, height);
    ctx.beginPath();
    ctx.moveTo(0, height);
    busy.forEach((share, x) => {
      ctx.lineTo(x, height - share * (height - 8));
      ctx.lineTo(x + 1, height - share * (height - 8));
    });
    ctx.lineTo(width, height);
    ctx.fillStyle = palette.faint;
    ctx.globalAlpha = 0.55;
    ctx.fill();
  }

  draw() {
    const { ctx, palette, view, width, height } = this;
    ctx.drawImage(this.strip, 0, 0, width, height);
    const a = this.xOf(view.from);
    const b = Math.max(a + 2, this.xOf(view.to));
    if (b - a < width - 1) {
      ctx.fillStyle = palette.accentSoft;
      ctx.fillRect(a, 0, b - a, height);
      ctx.fillStyle = palette.accent;
      ctx.fillRect(a - 1, 0, 1.5, height);
      ctx.fillRect(b - 0.5, 0, 1.5, height);
    }
  }

  xOf(time) {
    return ((time - this.view.fullFrom) / (this.view.fullTo - this.view.fullFrom)) * this.width;
  }

  timeAt(x) {
    return this.view.fullFrom + (x / this.width) * (this.view.fullTo - this.view.fullFrom);
  }

  /** Dragging chooses a part; a click moves the view there. */
  listen(changed) {
    let from = null;
    const x = (e) => e.clientX - this.canvas.getBoundingClientRect().left;
    this.canvas.addEventListener("pointerdown", (e) => {
      this.canvas.setPointerCapture(e.pointerId);
      from = x(e);
    });
    this.canvas.addEventListener("pointermove", (e) => {
      if (from !== null && Math.abs(x(e) - from) > 3) {
        this.view.set(this.timeAt(Math.min(from, x(e))), this.timeAt(Math.max(from, x(e))));
        changed();
      }
    });
    this.canvas.addEventListener("pointerup", (e) => {
      if (from !== null && Math.abs(x(e) - from) <= 3) {
        const half = (this.view.to - this.view.from) / 2;
        this.view.set(this.timeAt(x(e)) - half, this.timeAt(x(e)) + half);
        changed();
      }
      from = null;
    });
  }
}

/** Gives a canvas sharp pixels on any screen and returns its context in CSS pixels. */
function sizeCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = height + "px";
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}
