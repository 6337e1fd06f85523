// How spans, moments and names read: three digits and the fitting unit, as in the summary.

const UNITS = ["ns", "µs", "ms", "s"];

function span(nanos) {
  if (nanos === 0) {
    return "0";
  }
  let value = Math.abs(nanos);
  let unit = 0;
  while (unit < 3 && value >= 999.5) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return (nanos < 0 ? "−" : "") + value.toFixed(digits) + " " + UNITS[unit];
}

/** A moment since the recording's start, to the digits that tell `per` (nanoseconds a pixel or a tick) apart. */
function moment(nanos, per = 1000) {
  const digits = Math.max(0, Math.min(9, Math.ceil(9 - Math.log10(Math.max(1, per)))));
  return (nanos / 1e9).toFixed(digits) + " s";
}

function count(n) {
  return n.toLocaleString("en-US");
}

function plural(n, word) {
  return count(n) + " " + word + (n === 1 ? "" : "s");
}

/** The name with every number in it replaced, as the summary groups. */
function groupOf(name) {
  return name === "" ? "(unnamed)" : name.replace(/[0-9]+/g, "#");
}

/** A DOM element; children are elements or text, never markup. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else if (key === "style") {
      element.style.cssText = value;
    } else {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
