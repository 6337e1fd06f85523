// Colours of the canvas, read from the style sheet, so that light and dark are decided in one place.

/** Hues in an order that keeps the busiest names far apart; amber is left out, as it means runnable. */
const HUES = [250, 150, 335, 200, 18, 290, 120, 225, 355, 172, 270, 135];

class Palette {
  constructor() {
    this.read();
  }

  read() {
    const style = getComputedStyle(document.documentElement);
    const get = (name) => style.getPropertyValue("--" + name).trim();
    for (const name of [
      "paper", "card", "row", "line", "ink", "soft", "faint", "accent", "accent-soft", "runnable", "runnable-soft",
      "poll", "poll-hit", "network", "blocked", "asleep", "alarm", "warm", "slice-ink",
    ]) {
      this[name.replace(/-(.)/g, (_, c) => c.toUpperCase())] = get(name);
    }
    const light = Number(get("slice-light"));
    const chroma = Number(get("slice-chroma"));
    this.slices = Array.from({ length: COLOURS }, (_, i) => {
      const quiet = i >= COLOURS / 2;
      const hue = HUES[i % HUES.length] + (quiet ? 15 : 0);
      return plainColour(`oklch(${light + (i % 2 ? 0.02 : 0)} ${quiet ? chroma * 0.4 : chroma} ${hue})`);
    });
  }

  /** What a task waits for, on its own lane. */
  waiting(stop) {
    switch (stop) {
      case "io-read":
      case "io-write":
      case "accept":
      case "connect":
        return this.network;
      case "sleep":
        return this.asleep;
      case "start":
      case "yield":
        return null;
      default:
        return this.blocked;
    }
  }

  static dark() {
    return document.documentElement.dataset.theme === "dark";
  }

  /** Dark or light by wish of the system until the reader chooses. */
  static prefer() {
    document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  static toggle() {
    document.documentElement.dataset.theme = Palette.dark() ? "light" : "dark";
  }
}

/** The colour as rgb(): a canvas that is told thousands of colours a frame reads those fastest. */
function plainColour(colour) {
  const ctx = (plainColour.ctx ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
  ctx.fillStyle = colour;
  ctx.fillRect(0, 0, 1, 1);
  const [r, g, b] = ctx.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}
