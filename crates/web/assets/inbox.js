// The officer's inbox by keys: j, k and arrows move, Enter follows the link, x chooses, a assigns, f files, u marks read or
// unread, / searches, ? shows the keys. Without this file the page is a list of links and a form of boxes.

import { belongsElsewhere, keysOn } from "./keys.js";

const links = [...document.querySelectorAll("[data-list] tbody th a")];
const acts = document.querySelector("[data-acts]");

const rowOf = (element) => element?.closest("tbody tr");
const here = () => links.findIndex((link) => rowOf(link).contains(document.activeElement));

function step(by) {
  const at = here();
  links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)].focus();
}

const box = (row) => row.querySelector("[name=case]");

/** Chooses the row that has the focus, unless something is chosen. False when there is nothing to act on. */
function choose() {
  const chosen = links.some((link) => box(rowOf(link)).checked);
  if (!chosen && here() >= 0) box(rowOf(links[here()])).checked = true;
  return chosen || here() >= 0;
}

function act(name) {
  const field = acts.querySelector(name);
  if (field && choose()) field.focus();
}

const DOES = {
  j: () => step(1),
  k: () => step(-1),
  arrowdown: () => step(1),
  arrowup: () => step(-1),
  x: () => { if (here() >= 0) { const b = box(rowOf(links[here()])); b.checked = !b.checked; } },
  a: () => act("[name=person]"),
  f: () => act("[name=folder]"),
  u: () => {
    const row = here() >= 0 ? rowOf(links[here()]) : null;
    if (choose()) acts.requestSubmit(acts.querySelector(row?.dataset.read === "true" ? "[value=unread]" : "[value=read]"));
  },
  "?": () => { const map = acts.querySelector("[data-keymap]"); map.open = !map.open; },
};

document.addEventListener("keydown", (event) => {
  if (!keysOn() || belongsElsewhere(event)) return;
  if (event.key === "/") {
    const field = document.querySelector("[data-search]");
    if (field) { event.preventDefault(); field.focus(); }
    return;
  }
  const does = acts && links.length > 0 ? DOES[event.key.toLowerCase()] : null;
  if (!does || (event.shiftKey && event.key !== "?")) return;
  event.preventDefault();
  does();
});
