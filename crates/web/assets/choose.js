// Candidates of a list by keys: down and up move, x chooses, a chooses all or none, Enter accepts. Without this file the
// page is a plain form of boxes.

import { belongsElsewhere, keysOn } from "./keys.js";

const form = document.querySelector("[data-choose]");
const boxes = form ? [...form.querySelectorAll("[name=candidate]")] : [];
const status = document.querySelector("[data-status]");

function count() {
  const chosen = boxes.filter((box) => box.checked).length;
  status.textContent = chosen > 0 ? status.dataset.said.replace("{n}", chosen) : status.dataset.hint;
}

function step(by) {
  const at = boxes.indexOf(document.activeElement);
  boxes[Math.min(Math.max(at + by, 0), boxes.length - 1)].focus();
}

const DOES = {
  arrowdown: () => step(1),
  arrowup: () => step(-1),
  x: () => { if (boxes.includes(document.activeElement)) document.activeElement.checked = !document.activeElement.checked; },
  a: () => { const all = boxes.every((box) => box.checked); for (const box of boxes) box.checked = !all; },
  enter: () => { if (boxes.some((box) => box.checked)) form.requestSubmit(form.querySelector("[value=accept]")); },
};

function key(event) {
  const at = event.target;
  if (!keysOn() || belongsElsewhere(event) || (at instanceof HTMLElement && at.matches("a, button, summary"))) return;
  const does = DOES[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
  count();
}

if (form) {
  document.querySelector("[data-tools]").hidden = false;
  document.addEventListener("keydown", key);
  form.addEventListener("change", count);
  count();
}
