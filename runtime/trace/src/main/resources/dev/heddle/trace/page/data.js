// Unpacks the recording: the mirror image of TimelineCodec, column by column in the same order.

/** Reads numbers of 7 bits a byte, low first. */
class Numbers {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  next() {
    const bytes = this.bytes;
    let b = bytes[this.at++];
    let value = b & 0x7f;
    // Beyond 28 bits by multiplication, as shifts are of 32 bits.
    for (let factor = 128; b >= 128; factor *= 128) {
      b = bytes[this.at++];
      value += (b & 0x7f) * factor;
    }
    return value;
  }

  zigzag() {
    return Numbers.unzigzag(this.next());
  }

  static unzigzag(n) {
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }

  /** A column; what was missing (written as 0 of value + 1) is −1 if `shift` is 1. */
  column(array, shift = 0) {
    for (let i = 0; i < array.length; i++) {
      array[i] = this.next() - shift;
    }
    return array;
  }

  /** Places as Places numbers them: processors from 0 on, below 0 what is none. */
  places(array) {
    for (let i = 0; i < array.length; i++) {
      array[i] = this.zigzag();
    }
    return array;
  }

  /** Moments as differences to the one before. */
  moments(array, from = 0, to = array.length) {
    let moment = 0;
    for (let i = from; i < to; i++) {
      moment += this.zigzag();
      array[i] = moment;
    }
    return array;
  }

  text(decoder) {
    const length = this.next();
    const from = this.at;
    this.at += length;
    return decoder.decode(this.bytes.subarray(from, this.at));
  }
}

async function inflate(base64) {
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(base64)
    : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function decodeTrace(bytes) {
  const numbers = new Numbers(bytes);
  const strings = decodeStrings(numbers);
  const slices = decodeSlices(numbers);
  return {
    strings,
    ...slices,
    polls: decodePolls(numbers),
    sysmon: decodeSysmon(numbers),
    idles: decodeIdles(numbers),
    depths: decodeDepths(numbers),
    marks: decodeMarks(numbers, strings),
    tasks: decodeTasks(numbers),
  };
}

function decodeStrings(numbers) {
  const decoder = new TextDecoder();
  const strings = new Array(numbers.next());
  for (let i = 0; i < strings.length; i++) {
    strings[i] = numbers.text(decoder);
  }
  return strings;
}

function decodeSlices(numbers) {
  const processors = [];
  let first = 0;
  for (let left = numbers.next(); left > 0; left--) {
    const processor = { number: numbers.next(), count: numbers.next(), carrier: numbers.next() - 1, first };
    first += processor.count;
    processors.push(processor);
  }
  const count = numbers.next();
  const s = { count, start: new Float64Array(count) };
  for (const p of processors) {
    numbers.moments(s.start, p.first, p.first + p.count);
  }
  s.run = numbers.column(new Float64Array(count));
  s.task = numbers.column(new Int32Array(count));
  s.waited = numbers.column(new Float64Array(count), 1);
  s.runnable = numbers.column(new Float64Array(count), 1);
  s.seen = numbers.column(new Float64Array(count));
  s.waitedFor = numbers.column(new Uint8Array(count));
  s.readier = numbers.column(new Uint8Array(count));
  s.end = numbers.column(new Uint8Array(count));
  s.readierTask = numbers.column(new Int32Array(count), 1);
  s.readierSlice = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const n = numbers.next();
    s.readierSlice[i] = n === 0 ? -1 : i - Numbers.unzigzag(n - 1);
  }
  s.readierPoll = new Int32Array(count);
  for (let i = 0, poll = 0; i < count; i++) {
    const n = numbers.next();
    if (n > 0) {
      poll += Numbers.unzigzag(n - 1);
    }
    s.readierPoll[i] = n === 0 ? -1 : poll;
  }
  s.fd = numbers.column(new Int32Array(count), 1);
  s.peer = numbers.column(new Int32Array(count), 1);
  return { processors, slices: s };
}

function decodePolls(numbers) {
  const count = numbers.next();
  return {
    count,
    start: numbers.moments(new Float64Array(count)),
    run: numbers.column(new Float64Array(count)),
    processor: numbers.places(new Int32Array(count)),
    timeout: numbers.column(new Float64Array(count), 1), // −1: for ever
    events: numbers.column(new Int32Array(count)),
    readied: numbers.column(new Int32Array(count)),
    wokenUp: numbers.column(new Uint8Array(count)),
  };
}

function decodeSysmon(numbers) {
  const count = numbers.next();
  return {
    count,
    start: numbers.moments(new Float64Array(count)),
    run: numbers.column(new Float64Array(count)),
    place: numbers.places(new Int32Array(count)),
    slept: numbers.column(new Float64Array(count)),
    polled: numbers.column(new Uint8Array(count)),
    retaken: numbers.column(new Int32Array(count)),
  };
}

function decodeIdles(numbers) {
  const count = numbers.next();
  const processor = numbers.column(new Int32Array(count));
  const start = new Float64Array(count);
  for (let from = 0, to = 0; from < count; from = to) {
    while (to < count && processor[to] === processor[from]) {
      to++;
    }
    numbers.moments(start, from, to);
  }
  return {
    count,
    processor,
    start,
    run: numbers.column(new Float64Array(count)),
    inPoller: numbers.column(new Uint8Array(count)),
  };
}

function decodeDepths(numbers) {
  const count = numbers.next();
  return {
    count,
    at: numbers.moments(new Float64Array(count)),
    processor: numbers.places(new Int32Array(count)),
    depth: numbers.column(new Int32Array(count)),
    runnable: numbers.column(new Int32Array(count)),
  };
}

/** Marks by kind, each kind sorted by time. */
function decodeMarks(numbers, strings) {
  const total = numbers.next();
  const at = numbers.moments(new Float64Array(total));
  const byKind = new Map();
  for (let i = 0; i < total; i++) {
    const kind = strings[numbers.next()];
    const mark = {
      kind,
      at: at[i],
      processor: numbers.zigzag(),
      other: numbers.zigzag(),
      value: numbers.next(),
      task: numbers.next() - 1,
      text: strings[numbers.next()],
    };
    byKind.set(kind, byKind.get(kind) ?? []);
    byKind.get(kind).push(mark);
  }
  return byKind;
}

function decodeTasks(numbers) {
  const count = numbers.next();
  const id = numbers.moments(new Float64Array(count));
  const name = numbers.column(new Int32Array(count));
  const parent = numbers.column(new Int32Array(count), 1);
  const created = new Float64Array(count);
  for (let i = 0, moment = 0; i < count; i++) {
    const n = numbers.next();
    if (n > 0) {
      moment += Numbers.unzigzag(n - 1);
    }
    created[i] = n === 0 ? NaN : moment;
  }
  return { count, id, name, parent, created };
}
