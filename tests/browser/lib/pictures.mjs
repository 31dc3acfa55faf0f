// Drawn pictures in pure JavaScript: circles on stripes, another picture for every seed, as PNG or greyscale JPEG.
// Harmless, small, and read by every decoder.

import { deflateSync } from "node:zlib";

const WIDTH = 96;
const HEIGHT = 72;

/** Numbers from 0 to 1, the same for the same seed. */
function chance(seed) {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0;
  return () => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state / 2 ** 32;
  };
}

/** The drawing as a function from place to [red, green, blue]. */
function drawing(seed) {
  const next = chance(seed);
  const colour = () => [0, 0, 0].map(() => Math.floor(40 + next() * 200));
  const circles = Array.from({ length: 4 }, () => ({
    x: next() * WIDTH, y: next() * HEIGHT, radius: 8 + next() * 20, colour: colour(),
  }));
  const [light, dark, stripe, slope] = [colour(), colour(), 6 + Math.floor(next() * 9), 1 + Math.floor(next() * 3)];
  return (x, y) => {
    const circle = circles.find((c) => (x - c.x) ** 2 + (y - c.y) ** 2 < c.radius ** 2);
    if (circle) return circle.colour;
    return Math.floor((x + y * slope) / stripe) % 2 ? light : dark;
  };
}

/** A PNG file, 8-bit RGB. */
export function png(seed) {
  const at = drawing(seed);
  const rows = [];
  for (let y = 0; y < HEIGHT; y++) {
    rows.push(0); // no filter
    for (let x = 0; x < WIDTH; x++) rows.push(...at(x, y));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(rows))), chunk("IEND")]);
}

function chunk(kind, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

// The JPEG encoder below is a baseline one with two liberties the format allows: one step size for all frequencies, and
// Huffman codes of one length each (4 bits for DC, 8 for AC), so that a symbol's code is its place in the table.
const STEP = 12;
const DC = Array.from({ length: 12 }, (_, size) => size);
const AC = [0x00, 0xf0];
for (let run = 0; run < 16; run++) for (let size = 1; size <= 10; size++) AC.push(run * 16 + size);
const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => place(a) - place(b));

function place(i) {
  const [x, y] = [i % 8, i >> 3];
  return (x + y) * 100 + ((x + y) % 2 ? y : x);
}

/** A greyscale JPEG file. */
export function jpeg(seed) {
  const size = [HEIGHT >> 8, HEIGHT & 255, WIDTH >> 8, WIDTH & 255];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from("JFIF\0", "latin1"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array(64).fill(STEP)]),
    segment(0xc0, [8, ...size, 1, 1, 0x11, 0]),
    segment(0xc4, [0x00, ...codesOfLength(4, DC.length), ...DC]),
    segment(0xc4, [0x10, ...codesOfLength(8, AC.length), ...AC]),
    segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    scan(seed),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function segment(marker, data) {
  const length = data.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...data]);
}

/** How many codes there are of each length, 1 to 16. */
function codesOfLength(length, count) {
  return Array.from({ length: 16 }, (_, i) => (i + 1 === length ? count : 0));
}

function scan(seed) {
  const bits = new Bits();
  const grey = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b - 128;
  const at = drawing(seed);
  let before = 0;
  for (let top = 0; top < HEIGHT; top += 8) {
    for (let left = 0; left < WIDTH; left += 8) {
      const block = frequencies((x, y) => grey(at(left + x, top + y)));
      bits.number(DC, 4, 0, block[0] - before);
      before = block[0];
      let run = 0;
      for (const value of block.slice(1)) {
        if (value === 0) { run++; continue; }
        for (; run > 15; run -= 16) bits.put(AC.indexOf(0xf0), 8);
        bits.number(AC, 8, run, value);
        run = 0;
      }
      if (run > 0) bits.put(AC.indexOf(0x00), 8);
    }
  }
  return bits.finish();
}

/** The 64 frequencies of a block in zigzag order, in steps. */
function frequencies(at) {
  const scale = (k) => (k === 0 ? Math.SQRT1_2 : 1);
  const wave = (n, k) => Math.cos(((2 * n + 1) * k * Math.PI) / 16);
  return ZIGZAG.map((i) => {
    const [u, v] = [i % 8, i >> 3];
    let sum = 0;
    for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) sum += at(x, y) * wave(x, u) * wave(y, v);
    return Math.round((scale(u) * scale(v) * sum) / 4 / STEP);
  });
}

class Bits {
  bytes = [];
  held = 0;
  count = 0;

  put(value, length) {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.held = this.held * 2 + ((value >> bit) & 1);
      if (++this.count === 8) this.flush();
    }
  }

  /** A value as its symbol (zeros before it, bits it needs) and these bits; below zero they are inverted. */
  number(table, length, run, value) {
    const size = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
    this.put(table.indexOf(run * 16 + size), length);
    this.put(value < 0 ? value + 2 ** size - 1 : value, size);
  }

  flush() {
    this.bytes.push(this.held);
    if (this.held === 0xff) this.bytes.push(0); // so that it is not read as a marker
    [this.held, this.count] = [0, 0];
  }

  finish() {
    while (this.count > 0) this.put(1, 1);
    return Buffer.from(this.bytes);
  }
}
