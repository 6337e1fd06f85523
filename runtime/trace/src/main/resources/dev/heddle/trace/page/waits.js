// Lists of what tasks waited for: locks and the like, and the network; and who held what one waited for.

class Waits {
  constructor(app) {
    this.app = app;
    const { blockedByLock, blockedByStack, networkByPeer, networkByStack } = app.model.meta;
    const none = "No wait of 10 ms or more was seen.";
    this.#fill("list-blocked", [["by lock", blockedByLock], ["by stack", blockedByStack]], none);
    this.#fill("list-network", [["by peer", networkByPeer], ["by stack", networkByStack]], "No wait was sampled.");
  }

  #fill(id, lists, none) {
    const tables = lists.filter(([, rows]) => rows.length > 0).map(([title, rows]) => this.#table(title, rows));
    document.getElementById(id).replaceChildren(...(tables.length > 0 ? tables : [el("p", { class: "hint" }, none)]));
  }

  #table(title, rows) {
    const head = ["in all", "waits", "p50", "p99", "longest", title].map((text) => el("th", {}, text));
    const body = rows.map((row) =>
      el(
        "tr",
        { title: row.stack },
        ...[span(row.sumNanos), count(row.count), span(row.p50Nanos), span(row.p99Nanos), span(row.maxNanos)].map((text) => el("td", {}, text)),
        el("td", {}, row.what + (row.stack === "" ? "" : " in " + ownFrame(row.stack))),
      ),
    );
    return el("table", { class: "waits" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body));
  }

  /** Lines about the wait that ended with a slice: what for, where, and who held it. */
  rows(slice) {
    const { model } = this.app;
    const wait = model.blockedBefore(slice);
    if (!wait) {
      return [];
    }
    const [waiter, holder] = wait.text.split("\n\n");
    const [what, ...stack] = waiter.split("\n");
    const rows = [
      ["waited for", what.slice(what.lastIndexOf(".") + 1)],
      ["in", ownFrame(stack.join("\n"))],
    ];
    if (wait.other >= 0) {
      const at = model.sliceOfTaskAt(wait.other, wait.at);
      const name = model.taskLabel(wait.other);
      const link = at < 0 ? name : this.app.panels.link(name, at);
      rows.push(["held by", link]);
      rows.push(holder && ["which was in", ownFrame(holder)]);
    }
    return rows;
  }
}

/** The innermost frame that is neither the JDK's nor the runtime's, or else the innermost. */
function ownFrame(stack) {
  const frames = stack.split("\n").map((line) => line.trim().replace(/^at /, "").replace(/^[\w.@$]+\//, ""));
  return frames.find((frame) => !/^(java|jdk|sun|javax)\.|^dev\.heddle\.(netio|scheduler)\./.test(frame)) ?? frames[0];
}
