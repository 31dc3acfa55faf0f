// Requests of police: j and k move, g goes to "grant" and d to the reason for declining; Enter does it, as the browser does.

import { belongsElsewhere, keysOn } from "./keys.js";

const requests = [...document.querySelectorAll("[data-answers] > li")];

document.addEventListener("keydown", (event) => {
  if (!keysOn() || belongsElsewhere(event) || event.shiftKey || requests.length === 0) return;
  const here = requests.findIndex((request) => request.contains(document.activeElement));
  const at = (n) => requests[Math.min(Math.max(n, 0), requests.length - 1)];
  const target = {
    j: () => at(here + 1).querySelector("[data-grant]"),
    k: () => at(here - 1).querySelector("[data-grant]"),
    g: () => at(here).querySelector("[data-grant]"),
    d: () => at(here).querySelector("[data-decline]"),
  }[event.key];
  if (!target) return;
  event.preventDefault();
  target().focus();
});
