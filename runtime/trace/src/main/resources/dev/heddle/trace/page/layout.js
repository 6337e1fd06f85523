// Where each row of the timeline stands.

/** Left of the rows, where their names stand: as wide as the longest, and how busy it is beside it. */
let GUTTER = 92;
const LEAST_GUTTER = 92;
const SHARE_WIDTH = 50;
const LABEL_INDENT = 12;
const LABEL_FONT = "600 12px system-ui, sans-serif";

function measureGutter(ctx, labels, stageWidth) {
  ctx.font = LABEL_FONT;
  const widest = labels.reduce((most, label) => Math.max(most, ctx.measureText(label).width), 0);
  const most = Math.max(LEAST_GUTTER, 0.4 * stageWidth);
  GUTTER = Math.ceil(clamp(LABEL_INDENT + widest + SHARE_WIDTH, LEAST_GUTTER, most));
}

/** A row's name as far as there is room: its end says which processor, so the middle is left out. */
function fitting(ctx, label, room) {
  const end = label.slice(label.lastIndexOf(" "));
  let text = label;
  for (let kept = label.length - end.length - 1; kept > 0 && ctx.measureText(text).width > room; kept--) {
    text = label.slice(0, kept) + "…" + end;
  }
  return text;
}
const RULER = 26;
const POLLER = 26;
const SYSMON = 14;
const LANE = 34;
const GAP = 7;
const MIN_ROW = 14;
const MAX_ROW = 64;
const MIN_GRAPH = 48;
const MAX_GRAPH = 110;

function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

class Layout {
  constructor(model) {
    this.model = model;
    this.rows = [];
    this.height = 0;
  }

  /** Lays the rows out in the height there is; with many processors they become low, then the stage scrolls. */
  arrange(height) {
    const n = this.model.processors.length;
    const fixed = RULER + POLLER + SYSMON + LANE + (n + 5) * GAP;
    const room = height - fixed;
    const rowHeight = clamp(Math.floor((room - MIN_GRAPH) / Math.max(1, n)), MIN_ROW, MAX_ROW);
    const graph = clamp(room - n * rowHeight, MIN_GRAPH, MAX_GRAPH);
    this.rows = [];
    let y = 0;
    const add = (kind, h, more = {}) => {
      this.rows.push({ kind, y, h, ...more });
      y += h + GAP;
    };
    add("ruler", RULER);
    for (let index = 0; index < n; index++) {
      add("processor", rowHeight, { index });
    }
    add("poller", POLLER);
    add("sysmon", SYSMON);
    add("graph", graph);
    add("lane", LANE);
    this.height = Math.max(y, height);
  }

  row(kind) {
    return this.rows.find((row) => row.kind === kind);
  }

  processor(index) {
    return this.rows.find((row) => row.kind === "processor" && row.index === index);
  }

  at(y) {
    return this.rows.find((row) => y >= row.y - GAP / 2 && y < row.y + row.h + GAP / 2);
  }
}
