// Grading by keys. Every press is bound to the item that was marked at that moment, queued with a copy of its form, and
// sent in order; an item is called saved only after the server said so. Without this file the page is plain forms.

import { belongsElsewhere, keysOn } from "./keys.js";

const AT_ONCE = 3;
const TRIES = 3;
const CLASS_KEYS = { 1: "baseline", 2: "national", 3: "not_illegal" };
const AGE_KEYS = { q: "infant", w: "prepubescent", e: "pubescent", r: "adolescent", t: "adult", y: "unknown" };
const GENDER_KEYS = { f: "female", m: "male", b: "both", u: "unknown" };

const list = document.querySelector("[data-grade]");
const say = list?.dataset ?? {};
const items = list ? [...list.children] : [];
const status = document.querySelector("[data-status]");
const counts = document.querySelector("p[data-counts]");
const dialog = document.querySelector("[data-dialog]");
const help = document.querySelector("[data-help]");

let current = items[0];
// After the last item a class key does nothing until somebody moves: a fast hand must not judge it twice.
let resting = false;
const waiting = [];
const inFlight = new Set();

const form = (item) => item.querySelector("form");
const open = (item) => item.dataset.state !== "saved" && item.dataset.state !== "saving";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const announce = (text) => { status.textContent = text; };
const name = (item) => item.querySelector("h2").textContent;
const className = (item) => item.querySelector("[name=class]:checked + span")?.firstChild.textContent.trim() ?? "";

function chosen(item) {
  const { age_group: age, gender } = form(item).elements;
  return [className(item), ...[age, gender].map((field) => field.selectedOptions[0].textContent)].join(", ");
}

function mark(item, focus = true) {
  if (!item) return;
  for (const other of items) {
    other.toggleAttribute("data-current", other === item);
    other.tabIndex = other === item ? 0 : -1;
  }
  current = item;
  resting = false;
  if (focus) {
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest", behavior: "instant" });
  }
}

function step(by) {
  const next = items[items.indexOf(current) + by];
  if (next) mark(next);
}

/** Items below the marked one, then those above it. */
function others() {
  const at = items.indexOf(current);
  return [items.slice(at + 1), items.slice(0, at)];
}

/** Keys go on downwards only, so that nobody is thrown back to the top unawares. */
function goOn() {
  const next = others()[0].find(open);
  if (next) return mark(next);
  mark(current);
  resting = true;
  announce(say.done);
}

function show(item, state, text) {
  item.dataset.state = state;
  const result = item.querySelector("[data-result]");
  result.textContent = text;
  result.classList.toggle("bad", state === "failed");
  count();
}

function count() {
  const of = (state) => items.filter((item) => item.dataset.state === state).length;
  const saved = of("saved");
  counts.hidden = false;
  counts.textContent = fill(say.counts, { left: items.length - saved, saving: of("saving"), failed: of("failed") });
  if (saved === items.length) announce(say.all);
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Takes a copy of the form now; what is changed later is another save. */
function save(item) {
  const body = new URLSearchParams(new FormData(form(item)));
  queue({ item, url: form(item).action, body, said: chosen(item), key: randomKey(), tries: 0 });
}

/** Accepts what an item looks like. */
function accept(item) {
  const button = item.querySelector("[data-accept]");
  if (!button) return false;
  const body = new URLSearchParams({ version: form(item).elements.version.value });
  queue({ item, url: button.formAction, body, said: button.dataset.class, key: randomKey(), tries: 0 });
  announce(fill(say.saidClass, { file: name(item), class: button.dataset.class }));
  return true;
}

function queue(order) {
  const { item } = order;
  const older = waiting.findIndex((other) => other.item === item);
  if (older >= 0) waiting.splice(older, 1);
  waiting.push(order);
  show(item, "saving", say.saving);
  pump();
}

function pump() {
  while (inFlight.size < AT_ONCE) {
    const at = waiting.findIndex((order) => !inFlight.has(order.item));
    if (at < 0) return;
    const [order] = waiting.splice(at, 1);
    inFlight.add(order.item);
    send(order).finally(() => { inFlight.delete(order.item); pump(); });
  }
}

async function send(order) {
  const { item } = order;
  const newer = () => waiting.some((other) => other.item === item);
  try {
    const answer = await fetch(order.url, {
      method: "POST",
      body: order.body,
      headers: { accept: "application/json", "idempotency-key": order.key },
      credentials: "same-origin",
      redirect: "manual",
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.status >= 500 && ++order.tries < TRIES) return await again(order);
    // The next save of this item, if there is one, builds on this one.
    if (answer.ok && said.version !== undefined) setVersion(item, said.version);
    if (newer()) return;
    if (answer.ok && said.saved === true) show(item, "saved", `${say.saved}: ${order.said}`);
    else fail(item, said.detail || say.again);
  } catch {
    if (++order.tries < TRIES) return await again(order);
    if (!newer()) fail(item, say.offline);
  }
}

async function again(order) {
  await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** order.tries));
  return send(order);
}

function setVersion(item, version) {
  form(item).elements.version.value = version;
  for (const order of waiting) if (order.item === item) order.body.set("version", version);
}

function fail(item, reason) {
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
  show(item, "failed", `${say.failed} ${sentence}`);
  announce(`${name(item)}: ${say.failed} ${sentence}`);
}

function choose(item, value) {
  const radio = form(item).querySelector(`[name=class][value=${value}]`);
  radio.checked = true;
  if (value !== "national") form(item).elements.country.value = "";
  announce(fill(say.saidClass, { file: name(item), class: className(item) }));
  save(item);
  goOn();
}

function key(event) {
  if (!keysOn() || dialog.open || belongsElsewhere(event)) return;
  const pressed = event.key.toLowerCase();
  const digit = /^(?:Digit|Numpad)([1-3])$/.exec(event.code)?.[1] ?? pressed;
  const cls = event.shiftKey ? undefined : CLASS_KEYS[digit];
  const take = () => { event.preventDefault(); event.stopPropagation(); };
  if (cls) {
    take();
    if (!event.repeat && !resting) choose(current, cls);
  } else if (AGE_KEYS[pressed] || GENDER_KEYS[pressed]) {
    take();
    const field = form(current).elements[AGE_KEYS[pressed] ? "age_group" : "gender"];
    field.value = AGE_KEYS[pressed] ?? GENDER_KEYS[pressed];
    announce(`${name(current)}: ${field.selectedOptions[0].textContent}`);
  } else if (pressed === "a") {
    take();
    if (!event.repeat && !resting && accept(current)) goOn();
  } else if (pressed === "arrowdown" || pressed === "arrowright") {
    take(); step(1);
  } else if (pressed === "arrowup" || pressed === "arrowleft") {
    take(); step(-1);
  } else if (pressed === "n") {
    take(); mark(others().flat().find(open));
  } else if (pressed === "o") {
    take(); current.querySelector("[data-open]").click();
  } else if (event.key === "?") {
    take(); dialog.showModal();
  }
}

if (list) {
  document.querySelector("[data-tools]").hidden = false;
  mark(current, false);
  count();
  announce(say.hint);
  // Captured, so that digits and arrows do not also change a radio that has the focus.
  document.addEventListener("keydown", key, true);
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-item]");
    if (item !== current) mark(item, false);
  });
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    const item = event.target.closest("[data-item]");
    if (event.submitter?.hasAttribute("data-accept")) return accept(item);
    announce(fill(say.saidClass, { file: name(item), class: className(item) }));
    save(item);
  });
  help.hidden = false;
  help.addEventListener("click", () => dialog.showModal());
  addEventListener("beforeunload", (event) => {
    if (waiting.length + inFlight.size > 0) event.preventDefault();
  });
}
